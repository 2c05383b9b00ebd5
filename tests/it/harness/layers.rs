//! No file of the gateway imports one that imports it again, by whatever way: each can be read knowing only what is below it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Modules by their path in the crate, with what they import.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut texts = BTreeMap::new();
    collect(&top, &top, &mut texts);
    let modules: BTreeSet<String> = texts.keys().cloned().collect();
    let known = |path: &str| {
        let parts: Vec<&str> = path.split("::").collect();
        let prefixes = (1..=parts.len()).rev().map(|n| parts[..n].join("::"));
        prefixes.into_iter().find(|prefix| modules.contains(prefix))
    };
    let of = |(name, text): (&String, &String)| {
        let mut paths = BTreeSet::new();
        for (at, _) in text.match_indices("crate::") {
            let rest = &text[at + "crate::".len()..];
            paths.extend(expand("", rest).0);
        }
        let found = paths.iter().filter_map(|path| known(path));
        (name.clone(), found.filter(|path| path != name).collect())
    };
    texts.iter().map(of).collect()
}

/// The paths of an import tree, and how much of the text they took.
fn expand(before: &str, text: &str) -> (Vec<String>, usize) {
    let name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let end = text.find(|c: char| !name(c)).unwrap_or(text.len());
    let path = format!("{before}{}", &text[..end]);
    if !text[end..].starts_with('{') {
        return (vec![path.trim_end_matches(':').to_owned()], end);
    }
    let (mut paths, mut at) = (Vec::new(), end + 1);
    while !text[at..].starts_with('}') {
        let (more, taken) = expand(&path, &text[at..]);
        paths.extend(more);
        at += taken;
        at += usize::from(text[at..].starts_with(','));
    }
    (paths, at + 1)
}

/// The code of every file without comments, tests and blanks.
fn collect(top: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(top, &path, texts);
            continue;
        }
        let inner = path.strip_prefix(top).unwrap().with_extension("");
        let name = inner.to_str().unwrap().replace('/', "::");
        let is_program = name.ends_with("main") || name == "lib" || name.ends_with("tests");
        if is_program || path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
        let lines = code
            .lines()
            .map(|line| line.split("//").next().unwrap_or(""));
        let code: String = lines
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        texts.insert(name.trim_end_matches("::mod").to_owned(), code);
    }
}

#[test]
fn no_file_imports_upwards() {
    let mut open = imports();
    assert!(open.len() > 60, "{}", open.len());
    let call = &open["call"];
    assert!(
        call.contains("database::pool") && call.contains("errors"),
        "{call:?}"
    );
    // What imports nothing that is left is below all that is left; where nothing can be taken away there is a circle.
    loop {
        let left: BTreeSet<String> = open.keys().cloned().collect();
        let before = open.len();
        open.retain(|_, imports| imports.iter().any(|path| left.contains(path)));
        if open.len() == before {
            break;
        }
    }
    assert!(open.is_empty(), "in a circle, or above one: {open:#?}");
}
