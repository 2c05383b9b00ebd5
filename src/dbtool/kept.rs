//! What `jumun-adopt` leaves in a database beyond the SQL files says so in its comment, or in its name where it has no
//! comment: `db check` does not tell it as a difference.

use std::collections::BTreeSet;

use crate::dbtool::inventory::Facts;

/// In the comment of every such column and table.
pub const MARK: &str = "adopted:";
/// At the front of every such index and its constraint.
pub const PREFIX: &str = "adopted_";

/// Takes what is marked out of the facts of one kind; a marked default is as if it were the files'. Returns tables
/// that are not jumun's at all.
pub fn forgive(kind: &str, wanted: &Facts, found: &mut Facts) -> BTreeSet<String> {
    let marked = |facts: &Facts, name: &str, attribute: &str| {
        let comment = facts
            .get(name)
            .and_then(|fact| fact.attributes.get(attribute));
        comment.is_some_and(|comment| comment.contains(MARK))
    };
    let names: Vec<String> = found.keys().cloned().collect();
    let mut foreign = BTreeSet::new();
    for name in names {
        let is_extra = !wanted.contains_key(&name);
        match kind {
            "table" if is_extra && marked(found, &name, "TABLE_COMMENT") => {
                found.remove(&name);
                foreign.insert(name);
            }
            "column" if marked(found, &name, "COLUMN_COMMENT") => {
                if is_extra {
                    remove_column(found, &name);
                } else if let (Some(fact), Some(wanted)) = (found.get_mut(&name), wanted.get(&name))
                {
                    for attribute in ["COLUMN_COMMENT", "COLUMN_DEFAULT", "EXTRA"] {
                        match wanted.attributes.get(attribute) {
                            Some(value) => {
                                fact.attributes.insert(attribute.to_owned(), value.clone())
                            }
                            None => fact.attributes.remove(attribute),
                        };
                    }
                }
            }
            "index" | "constraint" if is_extra && is_kept(&name) => {
                found.remove(&name);
            }
            _ => {}
        }
    }
    foreign
}

/// An index of the old shop, by its name.
fn is_kept(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(_, part)| part.starts_with(PREFIX))
}

/// Columns that a later schema file added stand behind it: they move up.
fn remove_column(found: &mut Facts, name: &str) {
    const POSITION: &str = "ORDINAL_POSITION";
    let Some(gone) = found.remove(name) else {
        return;
    };
    let number = |text: Option<&String>| {
        text.and_then(|text| text.parse::<u64>().ok())
            .unwrap_or_default()
    };
    let place = number(gone.attributes.get(POSITION));
    let table = name.split_once('.').map_or(name, |(table, _)| table);
    for (_, fact) in found.iter_mut().filter(|(other, _)| {
        other
            .split_once('.')
            .is_some_and(|(owner, _)| owner == table)
    }) {
        let position = number(fact.attributes.get(POSITION));
        if position > place {
            fact.attributes
                .insert(POSITION.to_owned(), (position - 1).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dbtool::inventory::Fact;

    fn column(position: u64, default: &str, comment: &str) -> Fact {
        let list = [
            ("ORDINAL_POSITION", position.to_string()),
            ("COLUMN_DEFAULT", default.to_owned()),
            ("COLUMN_COMMENT", comment.to_owned()),
            ("COLUMN_TYPE", "int".to_owned()),
        ];
        let attributes: BTreeMap<String, String> = list
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Fact { attributes }
    }

    #[test]
    fn only_what_is_marked_is_forgiven() {
        let wanted = Facts::from([
            ("t.a".to_owned(), column(1, "NULL", "shop")),
            ("t.b".to_owned(), column(2, "NULL", "late")),
        ]);
        let mut found = Facts::from([
            ("t.a".to_owned(), column(1, "1", "shop; adopted: for pages")),
            ("t.b".to_owned(), column(3, "NULL", "late")),
            ("t.memo".to_owned(), column(2, "NULL", "adopted: memo")),
            ("u.memo".to_owned(), column(2, "NULL", "not ours")),
        ]);
        forgive("column", &wanted, &mut found);
        assert_eq!(found.remove("u.memo"), Some(column(2, "NULL", "not ours")));
        assert_eq!(found, wanted);
        // A type that changed is still a difference.
        let mut changed = wanted.clone();
        changed.insert("t.a".to_owned(), column(1, "1", "adopted:"));
        changed
            .get_mut("t.a")
            .unwrap()
            .attributes
            .insert("COLUMN_TYPE".to_owned(), "text".to_owned());
        forgive("column", &wanted, &mut changed);
        assert_ne!(changed, wanted);
    }
}
