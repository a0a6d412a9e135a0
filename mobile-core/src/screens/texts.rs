//! The words of the product in Spanish and English. What the company named itself comes from its own objects.

use campo_protocol::{
    entry::Kind,
    model::form::{FormField, FormFieldKind},
    shift::{correct::CorrectionSeen, fact::PunchKind},
    task::status::Status,
};

use super::dates::Dates;
use crate::{
    capture::TaskStep,
    store::repair::{TrayItem, TrayReason},
};

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

    pub(super) const fn pick<'a>(self, texts: (&'a str, &'a str)) -> &'a str {
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
        Kind::MessageRead => ("Mensajes leídos", "Messages read"),
        Kind::Track => ("Recorrido", "Track"),
        Kind::PunchCorrection => ("Corrección pedida", "Correction asked for"),
        Kind::PunchAgreement => ("Respuesta a una corrección", "Answer to a correction"),
        Kind::TaskBlocked => ("Intento fuera del lugar", "Attempt away from the place"),
        Kind::Discarded => ("Trabajo descartado", "Discarded work"),
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

/// The number under which the server has an entry, `N.º 18 467`; it never stands alone on the next line.
pub(super) fn number(language: Language, number: &str) -> String {
    format!("{}\u{a0}{number}", language.pick(("N.º", "No.")))
}

/// What a clock-in came to: `Entrada recibida, N.º 18 467`.
pub(super) fn clock_in_receipt(language: Language, received: Option<&str>) -> String {
    match (language, received.map(|received| number(language, received))) {
        (Language::Spanish, Some(number)) => format!("Entrada recibida, {number}"),
        (Language::Spanish, None) => "Entrada guardada, por enviar".to_owned(),
        (Language::English, Some(number)) => format!("Clock-in received, {number}"),
        (Language::English, None) => "Clock-in saved, not yet sent".to_owned(),
    }
}

/// The button of a step.
pub(super) const fn step(language: Language, step: TaskStep) -> &'static str {
    language.pick(match step {
        TaskStep::Acknowledge => ("Aceptar tarea", "Accept task"),
        TaskStep::EnRoute => ("Salir hacia el lugar", "Set off"),
        TaskStep::Arrive => ("Marcar llegada", "Mark arrival"),
        TaskStep::Load => ("Cargar", "Load"),
        TaskStep::Unload => ("Descargar", "Unload"),
        TaskStep::Start => ("Empezar", "Start work"),
        TaskStep::Suspend => ("Suspender", "Suspend"),
        TaskStep::End => ("Marcar fin del trabajo", "Mark end of work"),
        TaskStep::Close => ("Terminar", "Finish"),
        TaskStep::NotDone => ("No se pudo hacer", "Could not be done"),
        TaskStep::Decline => ("Rechazar tarea", "Decline task"),
        TaskStep::Review => ("Pedir revisión", "Ask for review"),
        TaskStep::Approval => ("Pedir aprobación", "Ask for approval"),
        TaskStep::Custom1 => ("Estado 1", "Status 1"),
        TaskStep::Custom2 => ("Estado 2", "Status 2"),
        TaskStep::Custom3 => ("Estado 3", "Status 3"),
        TaskStep::Custom4 => ("Estado 4", "Status 4"),
    })
}

/// The button that goes on with work that was interrupted.
pub(super) const fn resume(language: Language) -> &'static str {
    language.pick(("Seguir trabajando", "Go on working"))
}

/// The name of a station of the way.
pub(super) const fn station(language: Language, step: TaskStep) -> &'static str {
    language.pick(match step {
        TaskStep::EnRoute => ("En camino", "On the way"),
        TaskStep::Arrive => ("Llegué", "Arrived"),
        TaskStep::Start => ("En curso", "In progress"),
        TaskStep::Close => ("Terminar", "Finish"),
        _ => ("Aceptada", "Accepted"),
    })
}

/// Why a task cannot be closed yet.
pub(super) fn close_needs(language: Language, label: &str, form: &str) -> String {
    match language {
        Language::Spanish => format!("{label} pide el formulario {form}."),
        Language::English => format!("{label} needs the form {form}."),
    }
}

/// Why a step with a task cannot be gone yet.
pub(super) fn needs_photo(language: Language, label: &str) -> String {
    match language {
        Language::Spanish => format!("{label} pide una foto."),
        Language::English => format!("{label} needs a photo."),
    }
}

/// Why something is not captured.
pub(super) fn kind_not_allowed(language: Language, what: &str) -> String {
    match language {
        Language::Spanish => format!("Su perfil no permite «{what}». Avise a la oficina."),
        Language::English => format!("Your profile does not allow “{what}”. Tell the office."),
    }
}

/// Why a step with a task is not gone.
pub(super) fn status_not_allowed(language: Language, step: &str) -> String {
    match language {
        Language::Spanish => format!("Las tareas de este tipo no admiten «{step}». Avise a la oficina."),
        Language::English => format!("Tasks of this type do not allow “{step}”. Tell the office."),
    }
}

/// `a 6,4 km`
pub(super) fn distance(language: Language, metres: f64) -> String {
    let (number, unit) = if metres < 950.0 {
        let tens = (metres / 10.0).round() * 10.0;
        (format!("{tens:.0}"), "m")
    } else if metres < 99_500.0 {
        (format!("{:.1}", metres / 1000.0), "km")
    } else {
        (format!("{:.0}", metres / 1000.0), "km")
    };
    match language {
        Language::Spanish => format!("a {}\u{a0}{unit}", number.replace('.', ",")),
        Language::English => format!("{number}\u{a0}{unit} away"),
    }
}

/// `En curso desde 10:02`
pub(super) fn since(language: Language, label: &str, when: &str) -> String {
    match language {
        Language::Spanish => format!("{label} desde {when}"),
        Language::English => format!("{label} since {when}"),
    }
}

/// `hasta 11:00`
pub(super) fn until(language: Language, when: &str) -> String {
    match language {
        Language::Spanish => format!("hasta {when}"),
        Language::English => format!("until {when}"),
    }
}

/// `24 min tarde`
pub(super) fn late(language: Language, us: i64) -> String {
    const DAY_US: i64 = 24 * 3600 * 1_000_000;
    let days = us / DAY_US;
    let (spanish, english) = match days {
        0 => (super::dates::duration(us), super::dates::duration(us)),
        1 => ("1\u{a0}día".to_owned(), "1\u{a0}day".to_owned()),
        days => (format!("{days}\u{a0}días"), format!("{days}\u{a0}days")),
    };
    match language {
        Language::Spanish => format!("{spanish} tarde"),
        Language::English => format!("{english} late"),
    }
}

/// `3 enviadas, 9 esperan red`
pub(super) fn photos(language: Language, sent: u32, waiting: u32) -> String {
    match (language, sent, waiting) {
        (_, 0, 0) => String::new(),
        (Language::Spanish, sent, 0) => format!("{sent} enviadas"),
        (Language::Spanish, 0, waiting) => format!("{waiting} por enviar"),
        (Language::Spanish, sent, waiting) => format!("{sent} enviadas, {waiting} por enviar"),
        (Language::English, sent, 0) => format!("{sent} sent"),
        (Language::English, 0, waiting) => format!("{waiting} not yet sent"),
        (Language::English, sent, waiting) => format!("{sent} sent, {waiting} not yet sent"),
    }
}

/// `Borrador, 6 de 14`
pub(super) fn draft(language: Language, answered: u32, asked: u32) -> String {
    match language {
        Language::Spanish => format!("Borrador, {answered} de {asked}"),
        Language::English => format!("Draft, {answered} of {asked}"),
    }
}

/// `Enviado, 10:42`
pub(super) fn filled(language: Language, when: &str, sent: bool) -> String {
    let word = language.pick(if sent { ("Enviado", "Sent") } else { ("Guardado", "Saved") });
    format!("{word}, {when}")
}

/// What is said of a form that nobody began.
pub(super) const fn unfilled(language: Language, required: bool) -> &'static str {
    if required {
        language.pick(("Hace falta para terminar", "Needed to finish"))
    } else {
        language.pick(("Sin llenar", "Not filled"))
    }
}

/// `3 por enviar`; empty for nothing.
pub(super) fn to_send(language: Language, waiting: i64) -> String {
    match (language, waiting) {
        (_, 0) => String::new(),
        (Language::Spanish, waiting) => format!("{waiting} por enviar"),
        (Language::English, waiting) => format!("{waiting} to send"),
    }
}

/// `La más antigua de 10:42`
pub(super) fn oldest(language: Language, when: &str) -> String {
    match language {
        Language::Spanish => format!("La más antigua de {when}"),
        Language::English => format!("Oldest from {when}"),
    }
}

/// `1 necesita arreglo`; empty for nothing.
pub(super) fn to_repair(language: Language, count: usize) -> String {
    match (language, count) {
        (_, 0) => String::new(),
        (Language::Spanish, 1) => "1 necesita arreglo".to_owned(),
        (Language::Spanish, count) => format!("{count} necesitan arreglo"),
        (Language::English, 1) => "1 needs repair".to_owned(),
        (Language::English, count) => format!("{count} need repair"),
    }
}

/// What lies in the repair tray, in one line.
pub(super) fn tray_item(language: Language, item: &TrayItem) -> String {
    format!("{}: {}", entry(language, &item.kind), tray_reason(language, item))
}

/// Why something lies in the repair tray.
pub(super) fn tray_reason(language: Language, item: &TrayItem) -> String {
    let code = match &item.reason {
        TrayReason::SetAside(code) | TrayReason::Unreadable(code) | TrayReason::Other(code) => code.as_str(),
        TrayReason::Conflict => "conflict",
    };
    let known = match code {
        "conflict" => Some((
            "otro teléfono usó el mismo número; avise a la oficina",
            "another phone used the same number; tell the office",
        )),
        "unknown_task" => {
            Some(("la tarea ya no existe; avise a la oficina", "the task is gone; tell the office"))
        }
        "not_assigned" | "former_employee" => {
            Some(("la tarea es de otra persona", "the task is somebody else's"))
        }
        "body_unreadable" | "frame_unreadable" => Some((
            "el servidor no pudo leerla; actualice la aplicación",
            "the server could not read it; update the app",
        )),
        _ => None,
    };
    known.map_or_else(
        || match language {
            Language::Spanish => format!("la oficina debe revisarla ({code})"),
            Language::English => format!("the office must look at it ({code})"),
        },
        |known| language.pick(known).to_owned(),
    )
}

/// `Recibida, N.º 18 467`
pub(super) fn receipt_line(language: Language, received: Option<&str>, doubtful: bool) -> String {
    match (language, received.map(|received| number(language, received)), doubtful) {
        (Language::Spanish, _, true) => "Necesita arreglo".to_owned(),
        (Language::English, _, true) => "Needs repair".to_owned(),
        (Language::Spanish, Some(number), _) => format!("Recibida, {number}"),
        (Language::English, Some(number), _) => format!("Received, {number}"),
        (Language::Spanish, None, _) => "Guardada, por enviar".to_owned(),
        (Language::English, None, _) => "Saved, to be sent".to_owned(),
    }
}

/// `Antes 06:58`
pub(super) fn was(language: Language, time: &str) -> String {
    match language {
        Language::Spanish => format!("Antes {time}"),
        Language::English => format!("Was {time}"),
    }
}

/// That a correction was asked for.
pub(super) const fn asked(language: Language) -> &'static str {
    language.pick(("Corrección pedida", "Correction asked for"))
}

/// `Hoy, jueves 3`
pub(super) fn today(language: Language, day: &str) -> String {
    match language {
        Language::Spanish => format!("Hoy, {day}"),
        Language::English => format!("Today, {day}"),
    }
}

/// The name of a punch.
pub(super) fn punch(language: Language, kind: PunchKind) -> String {
    entry(language, kind.name())
}

/// `Pausa, 12 min`
pub(super) fn pause(language: Language, name: &str, took: Option<&str>) -> String {
    let word = if name.is_empty() { language.pick(("Pausa", "Break")) } else { name };
    let took = took.unwrap_or_else(|| language.pick(("sigue", "going on")));
    format!("{word}, {took}")
}

/// `Entrada del miércoles 2: 06:58 → 07:05`
pub(super) fn correction(dates: &Dates, seen: &CorrectionSeen) -> String {
    let moment = seen.after.or(seen.before);
    let Some(moment) = moment else { return String::new() };
    let what = punch(dates.language, moment.kind);
    let day = dates.long_day(dates.day(moment.at_us));
    let from = seen.before.map(|before| dates.time(before.at_us));
    let to = seen.after.map(|after| dates.time(after.at_us));
    let change = match (from, to) {
        (Some(from), Some(to)) => format!("{from} → {to}"),
        (None, Some(to)) => to,
        (Some(from), None) => format!("{from} → {}", dates.language.pick(("se quita", "removed"))),
        (None, None) => String::new(),
    };
    match dates.language {
        Language::Spanish => format!("{what} del {day}: {change}"),
        Language::English => format!("{what} of {day}: {change}"),
    }
}

/// `Guardado en este teléfono`
pub(super) const fn receipt_title(language: Language, is_final: bool) -> &'static str {
    if is_final {
        language.pick(("Recibido por la empresa", "Received by the company"))
    } else {
        language.pick(("Guardado en este teléfono", "Saved on this phone"))
    }
}

/// A word of the receipt.
pub(super) const fn provisional(language: Language) -> &'static str {
    language.pick(("Provisional", "Provisional"))
}

/// A word of the receipt.
pub(super) const fn happened(language: Language) -> &'static str {
    language.pick(("Pasó", "Happened"))
}

/// A word of the receipt.
pub(super) const fn task_word(language: Language) -> &'static str {
    language.pick(("Tarea", "Task"))
}

/// A word of the receipt.
pub(super) const fn who(language: Language) -> &'static str {
    language.pick(("Quién", "Who"))
}

/// A word of the receipt.
pub(super) const fn where_word(language: Language) -> &'static str {
    language.pick(("Dónde", "Where"))
}

/// A word of the receipt.
pub(super) const fn entry_word(language: Language) -> &'static str {
    language.pick(("Registro", "Entry"))
}

/// `± 12 m`
pub(super) fn accuracy(language: Language, metres: Option<f64>) -> String {
    metres.map_or_else(
        || language.pick(("sin precisión", "accuracy unknown")).to_owned(),
        |metres| format!("±\u{a0}{metres:.0}\u{a0}m"),
    )
}

/// `Lectura de equipos, 14 respuestas y 2 fotos`
pub(super) fn filled_form(language: Language, name: &str, answers: usize, photos: usize) -> String {
    let (answer_word, photo_word) = match language {
        Language::Spanish => (
            if answers == 1 { "respuesta" } else { "respuestas" },
            if photos == 1 { "foto" } else { "fotos" },
        ),
        Language::English => {
            (if answers == 1 { "answer" } else { "answers" }, if photos == 1 { "photo" } else { "photos" })
        }
    };
    let and = language.pick(("y", "and"));
    if photos == 0 {
        format!("{name}, {answers} {answer_word}")
    } else {
        format!("{name}, {answers} {answer_word} {and} {photos} {photo_word}")
    }
}

/// What is wrong with an answer, and what would be right.
pub(super) fn answer_fault(language: Language, code: &str, found: &str, field: &FormField) -> String {
    let number = |limit: Option<f64>| {
        let text = limit.map(|limit| limit.to_string()).unwrap_or_default();
        if language == Language::Spanish { text.replace('.', ",") } else { text }
    };
    let found = if language == Language::Spanish && field.kind == FormFieldKind::Number {
        found.replace('.', ",")
    } else {
        found.to_owned()
    };
    let below =
        found.replace(',', ".").parse::<f64>().ok().zip(field.minimum).is_some_and(|(is, least)| is < least);
    let (least, most) = (number(field.minimum), number(field.maximum));
    let (spanish, english) = match (code, field.kind) {
        ("required", FormFieldKind::Photo) => {
            ("Falta la foto.".to_owned(), "The photo is missing.".to_owned())
        }
        ("required", FormFieldKind::Signature) => {
            ("Falta la firma.".to_owned(), "The signature is missing.".to_owned())
        }
        ("required", _) => ("Falta la respuesta.".to_owned(), "The answer is missing.".to_owned()),
        ("out_of_range", FormFieldKind::Number) if below => (
            format!("{found}: lo menos que se acepta es {least}. Revise el valor."),
            format!("{found}: the least is {least}. Check the value."),
        ),
        ("out_of_range", FormFieldKind::Number) => (
            format!("{found}: lo más que se acepta es {most}. Revise el valor."),
            format!("{found}: the most is {most}. Check the value."),
        ),
        ("out_of_range", FormFieldKind::Photo) if below => {
            (format!("Se piden al menos {least} fotos."), format!("At least {least} photos are needed."))
        }
        ("out_of_range", FormFieldKind::Photo) => {
            (format!("Caben hasta {most} fotos."), format!("At most {most} photos fit."))
        }
        ("out_of_range", FormFieldKind::Table) if below => {
            (format!("Se piden al menos {least} filas."), format!("At least {least} rows are needed."))
        }
        ("out_of_range", FormFieldKind::Table) => {
            (format!("Caben hasta {most} filas."), format!("At most {most} rows fit."))
        }
        ("out_of_range", FormFieldKind::Choices) if below => {
            (format!("Escoja al menos {least}."), format!("Choose at least {least}."))
        }
        ("out_of_range", FormFieldKind::Choices) => {
            (format!("Escoja hasta {most}."), format!("Choose at most {most}."))
        }
        ("out_of_range", _) if below => (
            format!("Escriba al menos {least} letras; tiene {found}."),
            format!("Write at least {least} letters; it has {found}."),
        ),
        ("out_of_range", _) => (
            format!("Escriba hasta {most} letras; tiene {found}."),
            format!("Write at most {most} letters; it has {found}."),
        ),
        ("wrong_type", FormFieldKind::Number) => (
            format!("«{found}» no es un número. Escriba, por ejemplo, 12,5."),
            format!("“{found}” is no number. Write, for example, 12.5."),
        ),
        ("wrong_type", FormFieldKind::Date) => {
            (format!("«{found}» no es una fecha."), format!("“{found}” is no date."))
        }
        _ => ("Revise esta respuesta.".to_owned(), "Check this answer.".to_owned()),
    };
    language.pick((spanish.as_str(), english.as_str())).to_owned()
}

/// The words of the diagnostics.
pub(super) struct DiagnosticWords {
    pub(super) exchanged: &'static str,
    pub(super) never: &'static str,
    pub(super) waiting: &'static str,
    pub(super) photos: &'static str,
    pub(super) server: &'static str,
    pub(super) installation: &'static str,
    pub(super) entries: &'static str,
    pub(super) objects: &'static str,
    pub(super) zones: &'static str,
    pub(super) version: &'static str,
}

/// The words of the diagnostics.
pub(super) const fn diagnostics(language: Language) -> DiagnosticWords {
    match language {
        Language::Spanish => DiagnosticWords {
            exchanged: "Último intercambio",
            never: "Nunca",
            waiting: "Registros por enviar",
            photos: "Fotos por enviar",
            server: "Servidor",
            installation: "Instalación",
            entries: "Registros en el teléfono",
            objects: "Datos de la oficina",
            zones: "Zonas horarias",
            version: "Versión del núcleo",
        },
        Language::English => DiagnosticWords {
            exchanged: "Last exchange",
            never: "Never",
            waiting: "Entries to send",
            photos: "Photos to send",
            server: "Server",
            installation: "Installation",
            entries: "Entries on the phone",
            objects: "Data of the office",
            zones: "Time zones",
            version: "Version of the core",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_with_its_word_in_either_language() {
        let spanish = [
            number(Language::Spanish, "4"),
            clock_in_receipt(Language::Spanish, Some("4")),
            receipt_line(Language::Spanish, Some("4"), false),
        ];
        assert_eq!(spanish, ["N.º\u{a0}4", "Entrada recibida, N.º\u{a0}4", "Recibida, N.º\u{a0}4"]);
        let english = [
            number(Language::English, "4"),
            clock_in_receipt(Language::English, Some("4")),
            receipt_line(Language::English, Some("4"), false),
        ];
        assert_eq!(english, ["No.\u{a0}4", "Clock-in received, No.\u{a0}4", "Received, No.\u{a0}4"]);
    }
}
