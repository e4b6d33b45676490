//! The shape of files and functions, and what every kind of a thing must be decided for.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::expect_none;
use super::source::{Named, Source, sources};

/// Lines of a file that is neither a table nor a test.
const LONGEST_FILE: usize = 500;
/// Parameters of a function, `self` not counted.
const PARAMETERS: usize = 5;
/// Values of a tuple that is passed as one.
const TUPLE: usize = 2;

/// Long files that are tables: each line says one thing and none depends on another.
const TABLES: &[&str] = &[];

/// Enumerations of which every place has to decide each kind.
const DECIDED: [&str; 3] = ["Error", "Route", "Reach"];

/// Public names that only the tests ask for, and why they are there.
const FOR_TESTS: &[&str] = &[
    // What acting will ask of the door; `tests/door/acts.rs` asks it of a real server.
    "unchanged_since",
    "copy",
    "move_to",
    "delete",
    "subscribe",
    "permanent",
    "any_keyword",
    "lsub",
    "subscribed",
    "fetch_changes",
    "noop",
    "expunged",
    // A server that is a recorded conversation, not a socket.
    "ready_over",
    // How much of what servers really sent is understood.
    "tally",
    "structure_refused",
    "plain_name",
    "shared",
    // A file of a message is to be larger than what is fetched at once.
    "PIECE_BYTES",
    // Heads of requests that no browser sent, pages that nobody asked for.
    "cookies",
    "fetch_site",
    "ENGLISH",
];

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let end = source.text.find("#[cfg(test)]\nmod tests");
        let lines = source.text[..end.unwrap_or(source.text.len())]
            .lines()
            .count();
        let path = source.path.to_string_lossy();
        if lines > LONGEST_FILE && !TABLES.contains(&&*path) {
            found.push(format!("{path} is too long"));
        }
        if lines <= LONGEST_FILE && TABLES.contains(&&*path) {
            found.push(format!(
                "{path} is not long any more: strike it from the list"
            ));
        }
    }
    expect_none("too long", &found);
}

#[test]
fn a_function_takes_few_things_and_names_each() {
    struct Signatures(Vec<String>);
    impl<'ast> Visit<'ast> for Signatures {
        fn visit_signature(&mut self, signature: &'ast syn::Signature) {
            let inputs = signature.inputs.iter();
            let typed: Vec<&syn::Type> = inputs
                .filter_map(|input| match input {
                    syn::FnArg::Typed(input) => Some(&*input.ty),
                    syn::FnArg::Receiver(_) => None,
                })
                .collect();
            if typed.len() > PARAMETERS {
                self.0
                    .push(format!("{} takes {}", signature.ident, typed.len()));
            }
            for ty in typed {
                let ty = match ty {
                    syn::Type::Reference(ty) => &*ty.elem,
                    ty => ty,
                };
                if let syn::Type::Tuple(tuple) = ty
                    && tuple.elems.len() > TUPLE
                {
                    self.0.push(format!(
                        "{} takes a tuple of {}",
                        signature.ident,
                        tuple.elems.len()
                    ));
                }
            }
            visit::visit_signature(self, signature);
        }
    }
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let mut signatures = Signatures(Vec::new());
        signatures.visit_file(source.file());
        let path = source.path.display();
        found.extend(signatures.0.iter().map(|what| format!("{path}: {what}")));
    }
    expect_none("a struct wants to be made", &found);
}

#[test]
fn a_new_kind_of_error_or_route_is_decided_everywhere() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let mut matches = Wildcards(Vec::new());
        matches.visit_file(source.file());
        let path = source.path.display();
        found.extend(matches.0.iter().map(|line| format!("{path}: line {line}")));
    }
    expect_none("`_` would decide for a kind that nobody thought of", &found);
}

/// The lines of matches that name some kinds and leave the others to a wildcard.
struct Wildcards(Vec<usize>);

impl<'ast> Visit<'ast> for Wildcards {
    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        let decides = |arm: &syn::Arm| {
            kinds(&arm.pat)
                .iter()
                .any(|kind| DECIDED.contains(&kind.as_str()))
        };
        // What is only handed on under its own name is not decided.
        let hands_on = |arm: &syn::Arm| match &*arm.body {
            syn::Expr::Path(body) => hands_on(&arm.pat, &body.path),
            _ => false,
        };
        let is_open =
            |arm: &syn::Arm| arm.guard.is_none() && is_wildcard(&arm.pat) && !hands_on(arm);
        if expr.arms.iter().any(decides) && expr.arms.iter().any(is_open) {
            self.0.push(expr.span().start().line);
        }
        visit::visit_expr_match(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string();
        if mac.path.is_ident("matches") && text.contains("Route ::") {
            self.0.push(mac.span().start().line);
        }
    }
}

/// The enumerations whose kinds a pattern tells apart, itself or as a step of a tuple.
fn kinds(pattern: &syn::Pat) -> Vec<String> {
    // Two steps: another crate's `sled::Error` says whose it is.
    let of = |path: &syn::Path| match Vec::from_iter(&path.segments)[..] {
        [of, _] => vec![of.ident.to_string()],
        _ => Vec::new(),
    };
    match pattern {
        syn::Pat::Or(or) => or.cases.iter().flat_map(kinds).collect(),
        syn::Pat::Paren(inner) => kinds(&inner.pat),
        syn::Pat::Reference(inner) => kinds(&inner.pat),
        syn::Pat::Ident(ident) => ident
            .subpat
            .iter()
            .flat_map(|(_, inner)| kinds(inner))
            .collect(),
        syn::Pat::Tuple(tuple) => tuple.elems.iter().flat_map(kinds).collect(),
        syn::Pat::TupleStruct(inner) => of(&inner.path),
        syn::Pat::Struct(inner) => of(&inner.path),
        syn::Pat::Path(inner) => of(&inner.path),
        _ => Vec::new(),
    }
}

/// True where what a pattern catches under a name is this.
fn hands_on(pattern: &syn::Pat, body: &syn::Path) -> bool {
    match pattern {
        syn::Pat::Ident(ident) => body.is_ident(&ident.ident),
        syn::Pat::Tuple(tuple) => tuple.elems.iter().any(|inner| hands_on(inner, body)),
        _ => false,
    }
}

fn is_wildcard(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Wild(_) => true,
        syn::Pat::Ident(ident) => {
            ident.subpat.is_none() && ident.ident.to_string().starts_with(char::is_lowercase)
        }
        syn::Pat::Tuple(tuple) => tuple.elems.iter().all(is_wildcard),
        _ => false,
    }
}

#[test]
fn what_would_decide_for_others_is_found() {
    let sample = "fn f() { match e { Error::A => 1, _ => NONE }; match e { Error::A => 1, other => other };\n\
                  match x { Err(Error::A) => 1, other => 2 };\nmatch (r, s) { (Route::A, _) => 1, (_, _) => 2 };\n\
                  match r { Route::A => 1, route if good(route) => 2, Route::B => 3 } }";
    let mut found = Wildcards(Vec::new());
    found.visit_file(&syn::parse_file(sample).expect("code"));
    assert_eq!(found.0, [1, 3]);
}

#[test]
fn nothing_is_public_that_nobody_uses() {
    let sources: Vec<Source> = sources().into_iter().filter(|s| !s.is_test()).collect();
    let named: Vec<Named> = sources.iter().map(Source::named).collect();
    let mut found = Vec::new();
    for (n, source) in sources.iter().enumerate() {
        let mut declared = Declared::default();
        declared.visit_file(source.file());
        for (name, is_variant) in declared.0 {
            let elsewhere = named.iter().enumerate().any(|(m, other)| {
                // A kind may be made where it is declared; all else would be private there.
                (m != n || is_variant) && other.used.contains_key(&name)
            });
            if !elsewhere && !FOR_TESTS.contains(&name.as_str()) {
                found.push(format!("{}: {name}", source.path.display()));
            }
        }
    }
    expect_none("public, and used by nobody else", &found);
}

/// What a file declares for others; true for the kinds of an enumeration.
#[derive(Default)]
struct Declared(Vec<(String, bool)>);

impl Declared {
    fn add(&mut self, visibility: &syn::Visibility, name: &syn::Ident) {
        if !matches!(visibility, syn::Visibility::Inherited) {
            self.0.push((name.to_string(), false));
        }
    }
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.vis, &item.sig.ident);
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.vis, &item.sig.ident);
    }
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.add(&item.vis, &item.ident);
    }
    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.add(&item.vis, &item.ident);
    }
    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.add(&item.vis, &item.ident);
    }
    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.vis, &item.ident);
    }
    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let Some(name) = &field.ident {
            self.add(&field.vis, name);
        }
    }
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if !is_read_from_outside(&item.attrs) {
            visit::visit_item_struct(self, item);
        }
    }
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let variants = item.variants.iter();
        let made = variants.filter(|_| !is_read_from_outside(&item.attrs));
        self.0
            .extend(made.map(|variant| (variant.ident.to_string(), true)));
    }
}

/// What serde makes from bytes need not be made by anybody else.
fn is_read_from_outside(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        let derives = |list: &syn::MetaList| list.tokens.to_string().contains("Deserialize");
        attribute.path().is_ident("derive") && list.is_ok_and(derives)
    })
}
