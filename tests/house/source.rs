//! The files of `src/` as the rules read them: their text, their code without tests, and what `syn` makes of it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A file of `src/`.
pub struct Source {
    /// Its path below `src/`.
    pub path: PathBuf,
    /// The room that it belongs to: its folder, or the file itself where it is a room of its own.
    pub room: String,
    /// All of it.
    pub text: String,
    /// Without tests and comments, what stands between quotes left out.
    pub code: String,
    file: OnceCell<syn::File>,
}

/// All files of `src/`, by path.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut dirs = vec![root.clone()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).expect("src") {
            let path = entry.expect("src").path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(Source::read(&root, &path));
            }
        }
    }
    assert!(found.len() > 40, "only {} sources", found.len());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Source {
    fn read(root: &Path, path: &Path) -> Source {
        let text = fs::read_to_string(path).expect("a source");
        let path = path.strip_prefix(root).expect("below src").to_owned();
        let first = path.components().next().expect("a name").as_os_str();
        let room = first.to_string_lossy().trim_end_matches(".rs").to_owned();
        Source {
            code: code(&text),
            path,
            room,
            text,
            file: OnceCell::new(),
        }
    }

    /// What it declares, without its tests.
    pub fn file(&self) -> &syn::File {
        self.file.get_or_init(|| {
            let parsed = syn::parse_file(&self.text);
            let mut file =
                parsed.unwrap_or_else(|e| panic!("{} is no Rust: {e}", self.path.display()));
            file.items.retain(|item| !is_for_tests(item));
            file
        })
    }

    /// A file that is compiled for tests only.
    pub fn is_test(&self) -> bool {
        let name = self.path.file_name().unwrap_or_default();
        name == "tests.rs"
            || name == "samples.rs"
            || self.path.components().any(|c| c.as_os_str() == "samples")
    }

    /// The module that this file is, below the crate: `mailbox::cache`.
    pub fn module(&self) -> Vec<String> {
        let mut steps: Vec<String> = self
            .path
            .with_extension("")
            .components()
            .map(|c| c.as_os_str().to_string_lossy().into_owned())
            .collect();
        if steps.last().is_some_and(|last| last == "mod") {
            steps.pop();
        }
        steps
    }

    /// What the file names outside of itself.
    pub fn named(&self) -> Named {
        let mut named = Named::default();
        named.visit_file(self.file());
        named
    }

    /// The modules that the file asks for anything, each below the crate, by what it imports or names in full.
    pub fn asks(&self, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
        let own = self.module();
        let named = self.named();
        let paths = named.uses.iter().chain(&named.paths);
        let mut asked: BTreeSet<Vec<String>> = paths
            .filter_map(|path| absolute(&own, path))
            .filter_map(|path| longest_module(&path, modules))
            .collect();
        asked.remove(&own);
        asked
    }
}

/// A path below the crate, from one that begins with `crate`, `self` or `super`; in the binary with the library's name.
fn absolute(own: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" | "postern" => Some(rest.to_vec()),
        "self" => Some([own, rest].concat()),
        "super" => {
            let (_, above) = own.split_last()?;
            match rest.first().is_some_and(|next| next == "super") {
                true => absolute(above, rest),
                false => Some([above, rest].concat()),
            }
        }
        _ => None,
    }
}

fn longest_module(path: &[String], modules: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let lengths = (1..=path.len()).rev();
    let mut prefixes = lengths.map(|n| path[..n].to_vec());
    prefixes.find(|prefix| modules.contains(prefix))
}

fn is_for_tests(item: &syn::Item) -> bool {
    let attributes: &[syn::Attribute] = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Const(item) => &item.attrs,
        _ => &[],
    };
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        attribute.path().is_ident("cfg") && list.is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// What a piece of code names.
#[derive(Default)]
pub struct Named {
    /// Paths of `use`, each to its end.
    pub uses: Vec<Vec<String>>,
    /// Other paths of more than one step.
    pub paths: Vec<Vec<String>>,
    /// Every name that stands where something is made, called, read or meant as a type: not in a pattern, not where it is
    /// declared.
    pub used: BTreeMap<String, usize>,
    in_pattern: usize,
}

impl Named {
    fn uses_name(&mut self, name: &impl ToString) {
        let name = name.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_owned();
        *self.used.entry(name).or_default() += 1;
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(name) => {
                    self.uses_name(&name);
                    if colons < 2 {
                        self.ends_path(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                    continue;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                _ => {}
            }
            self.ends_path(&mut path);
            colons = 0;
        }
        self.ends_path(&mut path);
    }

    fn ends_path(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            self.paths.push(path.clone());
        }
        path.clear();
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let then = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &then(&path.ident)),
            syn::UseTree::Name(name) => self.uses.push(then(&name.ident)),
            syn::UseTree::Rename(name) => self.uses.push(then(&name.ident)),
            syn::UseTree::Glob(_) => self.uses.push(before.to_vec()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        for (n, step) in steps.iter().enumerate() {
            // The variant at the end of a pattern is looked for, not made.
            if self.in_pattern == 0 || n + 1 < steps.len() {
                self.uses_name(step);
            }
        }
        if steps.len() > 1 {
            self.paths.push(steps);
        }
        visit::visit_path(self, path);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        self.in_pattern += 1;
        visit::visit_pat(self, pattern);
        self.in_pattern -= 1;
    }

    fn visit_pat_type(&mut self, pattern: &'ast syn::PatType) {
        self.visit_pat(&pattern.pat);
        // `|x: &Name|` and `let x: Name` mean the type, not a kind that is looked for.
        let around = std::mem::take(&mut self.in_pattern);
        self.visit_type(&pattern.ty);
        self.in_pattern = around;
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.uses_name(&call.method);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_member(&mut self, member: &'ast syn::Member) {
        if let syn::Member::Named(name) = member {
            self.uses_name(name);
        }
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.visit_path(&mac.path);
        self.tokens(mac.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        // `#[serde(default = "…")]` and the like name functions between quotes.
        if let Ok(list) = attribute.meta.require_list() {
            let text = list.tokens.to_string();
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            for word in text.split(|c| !is_word(c)).filter(|w| !w.is_empty()) {
                self.uses_name(&word);
            }
        }
    }
}

/// The lines before the tests, without comments, strings emptied.
pub fn code(text: &str) -> String {
    let mut out = String::new();
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let mut chars = text[..end].chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '"' => {
                out.push_str("\"\"");
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            // A quote as a character, which would otherwise begin a string.
            '\'' if chars.peek() == Some(&'"') => {
                chars.next();
                chars.next();
                out.push_str("' '");
            }
            '\'' if chars.peek() == Some(&'\\') => {
                chars.next();
                chars.next();
                out.push_str("' ");
            }
            c => out.push(c),
        }
    }
    out
}

/// The words of code, each with what follows it directly.
pub fn words(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code;
    std::iter::from_fn(move || {
        let begin = rest.find(is_word)?;
        let from = &rest[begin..];
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        rest = &from[end..];
        Some((&from[..end], rest))
    })
}
