//! XML of strangers as a tree: no document types, no entities but the five of XML, and bounds on depth, elements,
//! attributes and names.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::{
    Reader,
    escape::{resolve_xml_entity, unescape},
    events::{BytesRef, BytesStart, Event},
};

/// The most elements within each other.
const MAX_DEPTH: usize = 64;
/// The most elements of a document.
const MAX_ELEMENTS: usize = 100_000;
/// The most attributes of one element, declarations of namespaces included.
const MAX_ATTRIBUTES: usize = 64;
/// The longest name, prefix included, in bytes.
const MAX_NAME: usize = 256;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without prefix
    pub name: String,
    /// Its namespace; empty when it has none
    pub namespace: String,
    /// Its attributes without declarations of namespaces
    pub attributes: Vec<Attribute>,
    /// The elements in it
    pub children: Vec<Element>,
    /// The text in it, between its children too
    pub text: String,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name without prefix
    pub name: String,
    /// Its namespace; empty when it has no prefix
    pub namespace: String,
    /// Its value
    pub value: String,
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not well-formed
    #[error("the XML is not well-formed at byte {at}: {why}")]
    Malformed {
        /// Where
        at: u64,
        /// Why
        why: String,
    },
    /// It declares a document type
    #[error("a document type (DTD) is not allowed")]
    DocumentType,
    /// It refers to an entity other than the five of XML
    #[error("the entity `&{0};` is not allowed: only &lt; &gt; &amp; &quot; &apos; and numbers are")]
    Entity(String),
    /// It has more of something than is read
    #[error("the XML has more {what} than the {limit} allowed")]
    TooMuch {
        /// Of what
        what: &'static str,
        /// The bound
        limit: usize,
    },
    /// Its bytes are not text of the encoding that it says
    #[error("the bytes are not text in {0}")]
    Encoding(String),
    /// It has no element
    #[error("there is no XML element")]
    Empty,
}

/// What is forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing beyond well-formed XML
    Strict,
    /// An ampersand that begins no entity is an ampersand: for documents within text, which customers write by hand
    BareAmpersands,
}

impl Element {
    /// The first child of this name. Where none is spelled exactly so, one that differs in capitals only.
    pub fn child(&self, name: &str) -> Option<&Self> {
        let exactly = self.children.iter().find(|child| child.name == name);
        exactly.or_else(|| self.children.iter().find(|child| child.name.eq_ignore_ascii_case(name)))
    }

    /// The text of the first child of this name.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The attribute of this namespace and name.
    pub fn attribute(&self, namespace: &str, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|one| one.namespace == namespace && one.name == name);
        found.map(|one| one.value.as_str())
    }

    /// True when the sender says by `xsi:nil` that there is nothing.
    pub fn is_nil(&self) -> bool {
        self.attributes.iter().any(|one| one.name == "nil" && matches!(one.value.trim(), "true" | "1"))
    }

    /// An element that holds text.
    pub fn of_text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), ..Self::default() }
    }
}

/// The text that `bytes` are: by byte order mark, `charset` of the content type, declaration, else UTF-8.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Result<String, Unreadable> {
    let (encoding, skipped) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (guess(bytes, charset), 0),
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes.get(skipped..).unwrap_or_default())
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Unreadable::Encoding(encoding.name().to_owned()))
}

fn guess(bytes: &[u8], charset: Option<&str>) -> &'static Encoding {
    let wide = match bytes {
        [b'<', 0, ..] => Some(UTF_16LE),
        [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    };
    let named = || charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let is_wide = |encoding: &&'static Encoding| *encoding == UTF_16LE || *encoding == UTF_16BE;
    // What begins with `<` and no zero byte is not UTF-16, whatever it says
    wide.or_else(|| named().filter(|encoding| !is_wide(encoding)))
        .or_else(|| declared(bytes).filter(|encoding| !is_wide(encoding)))
        .unwrap_or(UTF_8)
}

/// The encoding in `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(200)];
    let declaration = start.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|two| two == b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

/// Reads a document; what its declaration says of an encoding is over, since it is text by now.
pub fn read(text: &str, strictness: Strictness) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}').trim_start());
    reader.config_mut().allow_dangling_amp = strictness == Strictness::BareAmpersands;
    let mut tree = Tree::new(strictness);
    loop {
        let event = reader
            .read_event()
            .map_err(|error| Unreadable::Malformed { at: reader.error_position(), why: error.to_string() })?;
        match event {
            Event::Start(start) => tree.open(&start)?,
            Event::Empty(start) => {
                tree.open(&start)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(&text.xml10_content(), reader.buffer_position())?,
            Event::CData(text) => tree.text(&text.xml10_content(), reader.buffer_position())?,
            Event::GeneralRef(reference) => tree.reference(&reference, reader.buffer_position())?,
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Eof => return tree.finish(reader.buffer_position()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// A document while it is read.
struct Tree {
    strictness: Strictness,
    /// The elements that are open, the outermost first
    open: Vec<Element>,
    /// The declarations of namespaces in force, with the depth at which each was made
    namespaces: Vec<(usize, String, String)>,
    elements: usize,
    root: Option<Element>,
}

impl Tree {
    fn new(strictness: Strictness) -> Self {
        Self { strictness, open: Vec::new(), namespaces: Vec::new(), elements: 0, root: None }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Unreadable> {
        if self.root.is_some() && self.open.is_empty() {
            return Err(malformed(0, "a second element stands beside the first"));
        }
        self.elements += 1;
        bound("elements", self.elements, MAX_ELEMENTS)?;
        bound("elements within each other", self.open.len() + 1, MAX_DEPTH)?;
        bound("bytes in a name", start.name().as_ref().len(), MAX_NAME)?;
        let attributes = self.attributes(start)?;
        let qualified = start.name();
        let (prefix, name) = split(qualified.as_ref());
        let namespace = self.namespace(prefix);
        let attributes = attributes
            .into_iter()
            .map(|(name, value)| {
                let (prefix, name) = split(&name);
                let namespace = if prefix.is_empty() { String::new() } else { self.namespace(prefix) };
                Attribute { name: name.to_owned(), namespace, value }
            })
            .collect();
        self.open.push(Element {
            name: name.to_owned(),
            namespace,
            attributes,
            children: Vec::new(),
            text: String::new(),
        });
        Ok(())
    }

    /// The attributes but for declarations of namespaces, which come into force.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Unreadable> {
        let depth = self.open.len() + 1;
        let mut found: Vec<(String, String)> = Vec::new();
        // Without the reader's own check for repeated names, which compares each with each before anything is bounded
        for (count, attribute) in start.attributes().with_checks(false).enumerate() {
            bound("attributes of one element", count + 1, MAX_ATTRIBUTES)?;
            let attribute = attribute.map_err(|error| malformed(0, &error.to_string()))?;
            let name = attribute.key.as_ref();
            bound("bytes in a name", name.len(), MAX_NAME)?;
            let value = unescape(&attribute.value).map_err(|error| malformed(0, &error.to_string()))?;
            if name == "xmlns" {
                self.namespaces.push((depth, String::new(), value.into_owned()));
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                self.namespaces.push((depth, prefix.to_owned(), value.into_owned()));
            } else if found.iter().any(|(other, _)| other == name) {
                return Err(malformed(0, &format!("the attribute `{name}` stands twice")));
            } else {
                found.push((name.to_owned(), value.into_owned()));
            }
        }
        Ok(found)
    }

    fn namespace(&self, prefix: &str) -> String {
        let found = self.namespaces.iter().rev().find(|(_, declared, _)| declared == prefix);
        found.map(|(_, _, namespace)| namespace.clone()).unwrap_or_default()
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let depth = self.open.len() + 1;
        self.namespaces.retain(|(declared, _, _)| *declared < depth);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str, at: u64) -> Result<(), Unreadable> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches(['\0', '\u{FEFF}']).trim().is_empty() => {}
            None => return Err(malformed(at, "text stands outside the element")),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>, at: u64) -> Result<(), Unreadable> {
        let name = reference.xml10_content();
        let character = match reference.resolve_char_ref() {
            Ok(character) => character,
            Err(_) if self.strictness == Strictness::BareAmpersands => None,
            Err(error) => return Err(malformed(at, &error.to_string())),
        };
        if let Some(character) = character {
            return self.text(character.encode_utf8(&mut [0; 4]), at);
        }
        match resolve_xml_entity(&name) {
            Some(text) => self.text(text, at),
            None if self.strictness == Strictness::BareAmpersands => self.text(&format!("&{name};"), at),
            None => Err(Unreadable::Entity(name.chars().take(40).collect())),
        }
    }

    fn finish(self, at: u64) -> Result<Element, Unreadable> {
        if let Some(open) = self.open.last() {
            return Err(malformed(at, &format!("`{}` has no end", open.name)));
        }
        self.root.ok_or(Unreadable::Empty)
    }
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

fn bound(what: &'static str, count: usize, limit: usize) -> Result<(), Unreadable> {
    if count > limit { Err(Unreadable::TooMuch { what, limit }) } else { Ok(()) }
}

fn malformed(at: u64, why: &str) -> Unreadable {
    Unreadable::Malformed { at, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strict(text: &str) -> Result<Element, Unreadable> {
        read(text, Strictness::Strict)
    }

    #[test]
    fn names_namespaces_and_text_are_read() {
        let root = strict(
            "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<a:Root xmlns:a='urn:a' xmlns='urn:d' x='1' a:y='&lt;2'>\
             <One >t &amp; u&#10;<![CDATA[<v>]]></One ><a:Two xmlns:a='urn:b'/><Three xmlns=''/></a:Root>\n",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.namespace.as_str()), ("Root", "urn:a"));
        assert_eq!((root.attribute("", "x"), root.attribute("urn:a", "y")), (Some("1"), Some("<2")));
        let seen: Vec<_> = root.children.iter().map(|c| (c.namespace.as_str(), c.name.as_str())).collect();
        assert_eq!(seen, [("urn:d", "One"), ("urn:b", "Two"), ("", "Three")]);
        assert_eq!(root.child_text("one"), Some("t & u\n<v>"));
    }

    #[test]
    fn what_could_hurt_is_refused() {
        let deep = "<a>".repeat(65) + &"</a>".repeat(65);
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        let attributes = (0..10_000).map(|n| format!(" a{n}='1'")).collect::<Vec<_>>().concat();
        let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>";
        for (text, expected) in [
            (bomb.to_owned(), "document type"),
            ("<a>&b;</a>".to_owned(), "entity `&b;`"),
            (deep, "elements within each other"),
            (wide, "more elements"),
            (format!("<a{attributes}/>"), "attributes of one element"),
            (format!("<{}/>", "n".repeat(300)), "bytes in a name"),
            ("<a x='1' x='2'/>".to_owned(), "twice"),
            ("<a><b></a>".to_owned(), "well-formed"),
            ("<a>".to_owned(), "no end"),
            ("<a/><b/>".to_owned(), "second element"),
            ("<a/>text".to_owned(), "outside"),
            ("<a>A & B</a>".to_owned(), "well-formed"),
            ("<a>&#0;</a>".to_owned(), "well-formed"),
            (String::new(), "no XML element"),
            ("nothing".to_owned(), "outside"),
        ] {
            let error = strict(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error} has no `{expected}`");
        }
    }

    #[test]
    fn bare_ampersands_are_forgiven_where_customers_write_by_hand() {
        for (text, expected) in [
            ("<a>A & B</a>", "A & B"),
            ("<a>A &amp; B</a>", "A & B"),
            ("<a>A&B;</a>", "A&B;"),
            ("<a>x?a=1&b=2</a>", "x?a=1&b=2"),
            ("<a>&</a>", "&"),
        ] {
            assert_eq!(read(text, Strictness::BareAmpersands).unwrap().text, expected, "{text}");
        }
    }

    #[test]
    fn bytes_are_read_in_the_encoding_that_they_are_in() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let marked = |text: &str| [&[0xFF, 0xFE][..], &wide(text)].concat();
        for (bytes, charset, expected) in [
            ("<a>ñ</a>".as_bytes().to_vec(), None, "<a>ñ</a>"),
            ("<a>ñ</a>".as_bytes().to_vec(), Some("utf-16"), "<a>ñ</a>"),
            (b"\xEF\xBB\xBF<a>\xC3\xB1</a>".to_vec(), None, "<a>ñ</a>"),
            (b"<a>\xF1</a>".to_vec(), Some("iso-8859-1"), "<a>ñ</a>"),
            (
                b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xF1</a>".to_vec(),
                None,
                "<?xml version='1.0' encoding='ISO-8859-1'?><a>ñ</a>",
            ),
            (wide("<a>ñ</a>"), None, "<a>ñ</a>"),
            (marked("<a>ñ</a>"), Some("utf-8"), "<a>ñ</a>"),
        ] {
            assert_eq!(decode(&bytes, charset).unwrap(), expected);
        }
        assert!(decode(b"<a>\xF1</a>", None).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[<>&;/a=' \"!\\[\\]?x:-]{0,60}") {
            let _ = read(&text, Strictness::Strict);
            let _ = read(&text, Strictness::BareAmpersands);
        }
    }
}
