//! The words of the product in Spanish and English. What the company named itself comes from its own objects.

use campo_protocol::{entry::Kind, task::status::Status};

/// The language of the texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Spanish
    #[default]
    Spanish,
    /// English
    English,
}

impl Language {
    /// The language of a tag such as `es-PE`; Spanish for those that there are no texts for.
    pub fn of_tag(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en")) {
            Self::English
        } else {
            Self::Spanish
        }
    }

    const fn pick(self, texts: (&'static str, &'static str)) -> &'static str {
        match self {
            Self::Spanish => texts.0,
            Self::English => texts.1,
        }
    }
}

pub(super) const fn status(language: Language, status: Status) -> &'static str {
    language.pick(match status {
        Status::New => ("Nueva", "New"),
        Status::Sent => ("Enviada", "Sent"),
        Status::Acknowledged => ("Aceptada", "Accepted"),
        Status::InProgress => ("En curso", "In progress"),
        Status::Suspended => ("Suspendida", "Suspended"),
        Status::Closed => ("Cerrada", "Closed"),
        Status::Canceled => ("Cancelada", "Canceled"),
        Status::NotDone => ("No realizada", "Not done"),
        Status::EnRoute => ("En camino", "On the way"),
        Status::Loading => ("Cargando", "Loading"),
        Status::Unloading => ("Descargando", "Unloading"),
        Status::Draft => ("Borrador", "Draft"),
        Status::Declined => ("Rechazada", "Declined"),
        Status::Arrived => ("En el lugar", "Arrived"),
        Status::ReadyForReview => ("Por revisar", "For review"),
        Status::ReadyForApproval => ("Por aprobar", "For approval"),
        Status::Custom1 => ("Estado 1", "Status 1"),
        Status::Custom2 => ("Estado 2", "Status 2"),
        Status::Custom3 => ("Estado 3", "Status 3"),
        Status::Custom4 => ("Estado 4", "Status 4"),
    })
}

/// What a worker calls an entry of a kind; the kind itself, where there is no word for it.
pub(super) fn entry(language: Language, kind: &str) -> String {
    let Some(kind) = Kind::from_name(kind) else { return kind.to_owned() };
    let texts = match kind {
        Kind::ShiftStart => ("Entrada", "Clock-in"),
        Kind::ShiftEnd => ("Salida", "Clock-out"),
        Kind::BreakStart => ("Inicio de pausa", "Break begins"),
        Kind::BreakEnd => ("Fin de pausa", "Break ends"),
        Kind::TaskEnd => ("Fin del trabajo", "Work ends"),
        Kind::Form => ("Formulario", "Form"),
        Kind::Photo => ("Foto", "Photo"),
        Kind::Message => ("Mensaje", "Message"),
        Kind::SessionOpen => ("Inicio de sesión", "Session opened"),
        Kind::SessionClose => ("Cierre de sesión", "Session closed"),
        _ => {
            return Status::of_entry(kind)
                .map_or_else(|| kind.name().to_owned(), |reported| status(language, reported).to_owned());
        }
    };
    language.pick(texts).to_owned()
}

/// "3 not yet sent, oldest from 10:42".
pub(super) fn unsent(language: Language, entries: i64, time: &str) -> String {
    match (language, entries) {
        (_, 0) => String::new(),
        (Language::Spanish, 1) => format!("1 sin enviar, desde las {time}"),
        (Language::Spanish, entries) => format!("{entries} sin enviar, la más antigua de las {time}"),
        (Language::English, entries) => format!("{entries} not yet sent, oldest from {time}"),
    }
}
