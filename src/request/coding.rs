//! Which content codings a browser takes (RFC 9110 12.5.3). Not for coding: that is `response::packed`.

/// True where `accept`, the `Accept-Encoding` of a request, lets an answer be gzip. A list that names neither it nor `*`
/// does not, nor does one that gives it the weight 0, and what cannot be read of a list says nothing.
pub fn takes_gzip(accept: &str) -> bool {
    let mut any = false;
    for one in accept.split(',') {
        let mut words = one.split(';').map(str::trim);
        let coding = words.next().unwrap_or_default();
        let weight = words.find_map(|word| word.strip_prefix("q=").or(word.strip_prefix("Q=")));
        let is_taken = weight.is_none_or(|weight| weight.parse().is_ok_and(|w: f32| w > 0.0));
        if ["gzip", "x-gzip"]
            .iter()
            .any(|name| coding.eq_ignore_ascii_case(name))
        {
            return is_taken;
        }
        any |= coding == "*" && is_taken;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_the_browser_says_so() {
        for accept in [
            "gzip, deflate, br, zstd",
            "br;q=1.0, GZIP ; q=0.8",
            "x-gzip",
            "*",
            "gzip;q=0.001, *;q=0",
        ] {
            assert!(takes_gzip(accept), "{accept}");
        }
        for accept in [
            "",
            "identity",
            "gzip;q=0, *",
            "*;q=0",
            "gzip;q=0.000",
            "gzip;q=x",
            "gzipped",
            "br",
        ] {
            assert!(!takes_gzip(accept), "{accept}");
        }
    }
}
