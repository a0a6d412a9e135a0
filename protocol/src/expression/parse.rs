//! From text to a tree, within bounds.

use super::{MAX_DEPTH, MAX_EXPRESSION};

/// An expression that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) root: Node,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A number
    Number(f64),
    /// Text
    Text(String),
    /// The answer to a field, by its id
    Field(String),
    /// The answer that the expression belongs to
    Own,
    /// Something negated: `-x`
    Negative(Box<Self>),
    /// Two sides and what is done with them
    Both(Operator, Box<Self>, Box<Self>),
    /// A function and what it is given
    Call(Function, Vec<Self>),
}

/// What is done with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the operator of its name")]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Modulo,
}

macro_rules! functions {
    ($($variant:ident = $name:literal, $least:literal..=$most:literal;)*) => {
        /// The functions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is the function of its name")]
        pub enum Function { $($variant,)* }

        impl Function {
            /// Its name, and how many arguments it takes.
            pub const ALL: &[(Self, &'static str, usize, usize)] = &[$((Self::$variant, $name, $least, $most),)*];
        }
    };
}

functions! {
    Not = "not", 1..=1;
    True = "true", 0..=0;
    False = "false", 0..=0;
    Today = "today", 0..=0;
    Selected = "selected", 2..=2;
    CountSelected = "count-selected", 1..=1;
    Count = "count", 1..=1;
    StringLength = "string-length", 1..=1;
    Contains = "contains", 2..=2;
    StartsWith = "starts-with", 2..=2;
    EndsWith = "ends-with", 2..=2;
    Concat = "concat", 1..=20;
    Coalesce = "coalesce", 2..=2;
    If = "if", 3..=3;
    Number = "number", 1..=1;
    Round = "round", 1..=2;
    Int = "int", 1..=1;
}

/// Why an expression cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Behind how many characters
    pub at: usize,
    /// What stands there
    pub found: String,
    /// What would be right
    pub expected: String,
}

impl Expression {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() > MAX_EXPRESSION {
            let found = format!("{} characters", characters.len());
            return Err(Mistake { at: MAX_EXPRESSION, found, expected: format!("at most {MAX_EXPRESSION}") });
        }
        let mut reader = Reader { characters, at: 0, depth: 0 };
        let root = reader.level(0)?;
        reader.blanks();
        if reader.at < reader.characters.len() {
            return Err(reader.mistake("an operator, or the end"));
        }
        Ok(Self { root })
    }

    /// The ids of the fields that it reads, each once, in order.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        collect(&self.root, &mut fields);
        fields
    }
}

fn collect<'a>(node: &'a Node, fields: &mut Vec<&'a str>) {
    match node {
        Node::Field(id) if !fields.contains(&id.as_str()) => fields.push(id),
        Node::Number(_) | Node::Text(_) | Node::Field(_) | Node::Own => {}
        Node::Negative(inner) => collect(inner, fields),
        Node::Both(_, one, other) => {
            collect(one, fields);
            collect(other, fields);
        }
        Node::Call(_, arguments) => arguments.iter().for_each(|argument| collect(argument, fields)),
    }
}

/// The operators of each level, those that bind least first; a longer sign before one that begins it.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("!=", Operator::NotEqual), ("=", Operator::Equal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("div", Operator::Divided), ("mod", Operator::Modulo)],
];

struct Reader {
    characters: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn level(&mut self, level: usize) -> Result<Node, Mistake> {
        let Some(operators) = LEVELS.get(level) else { return self.single() };
        let mut node = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let other = self.level(level + 1)?;
            node = Node::Both(operator, Box::new(node), Box::new(other));
        }
        Ok(node)
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        self.blanks();
        let (sign, operator) = operators.iter().find(|(sign, _)| self.begins(sign))?;
        self.at += sign.chars().count();
        Some(*operator)
    }

    /// True when this comes next; a word is not the beginning of a longer one.
    fn begins(&self, sign: &str) -> bool {
        let matches = sign.chars().enumerate().all(|(index, wanted)| self.peek(index) == Some(wanted));
        let is_word = sign.chars().all(char::is_alphabetic);
        matches && !(is_word && self.peek(sign.chars().count()).is_some_and(is_of_name))
    }

    fn single(&mut self) -> Result<Node, Mistake> {
        self.blanks();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.mistake("less nesting"));
        }
        let node = match self.peek(0) {
            Some('-') => {
                self.at += 1;
                Node::Negative(Box::new(self.single()?))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.level(0)?;
                self.expect(')')?;
                inner
            }
            Some(quote @ ('\'' | '"')) => self.text(quote)?,
            Some('$') => self.field()?,
            Some(digit) if digit.is_ascii_digit() => self.number()?,
            Some('.') if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number()?,
            Some('.') => {
                self.at += 1;
                Node::Own
            }
            Some(letter) if letter.is_alphabetic() => self.call()?,
            _ => return Err(self.mistake("a value: `${field}`, `.`, a number, 'text' or a function")),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn text(&mut self, quote: char) -> Result<Node, Mistake> {
        self.at += 1;
        let text = self.while_that(|character| character != quote);
        if self.peek(0).is_none() {
            return Err(self.mistake("the closing quote"));
        }
        self.at += 1;
        Ok(Node::Text(text))
    }

    fn field(&mut self) -> Result<Node, Mistake> {
        self.at += 1;
        self.expect('{')?;
        let id = self.while_that(|character| character != '}');
        if id.trim().is_empty() {
            return Err(self.mistake("the id of a field"));
        }
        self.expect('}')?;
        Ok(Node::Field(id.trim().to_owned()))
    }

    fn number(&mut self) -> Result<Node, Mistake> {
        let start = self.at;
        let text = self.while_that(|character| character.is_ascii_digit() || character == '.');
        text.parse().map(Node::Number).map_err(|_| {
            self.at = start;
            self.mistake("a number such as 12.5")
        })
    }

    fn call(&mut self) -> Result<Node, Mistake> {
        let start = self.at;
        let name = self.while_that(is_of_name);
        let known = Function::ALL.iter().find(|(_, known, ..)| *known == name);
        let Some((function, _, least, most)) = known else {
            self.at = start;
            return Err(self.mistake("a function such as `selected` or `not`"));
        };
        self.expect('(')?;
        let mut arguments = Vec::new();
        self.blanks();
        while self.peek(0) != Some(')') {
            if !arguments.is_empty() {
                self.expect(',')?;
            }
            arguments.push(self.level(0)?);
            self.blanks();
        }
        if !(*least..=*most).contains(&arguments.len()) {
            let expected = if least == most {
                format!("{least} arguments")
            } else {
                format!("{least} to {most} arguments")
            };
            return Err(self.mistake(&expected));
        }
        self.expect(')')?;
        Ok(Node::Call(*function, arguments))
    }

    fn expect(&mut self, wanted: char) -> Result<(), Mistake> {
        self.blanks();
        if self.peek(0) == Some(wanted) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.mistake(&format!("`{wanted}`")))
        }
    }

    fn while_that(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let text: String = self.characters.iter().skip(self.at).take_while(|part| is_part(**part)).collect();
        self.at += text.chars().count();
        text
    }

    fn blanks(&mut self) {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn mistake(&self, expected: &str) -> Mistake {
        let found: String = self.characters.iter().skip(self.at).take(20).collect();
        let found = if found.is_empty() { "the end".to_owned() } else { found };
        Mistake { at: self.at, found, expected: expected.to_owned() }
    }
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '-' || character == '_'
}
