//! The closed list of what can go wrong with a request.

use http::StatusCode;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $status:ident $name:literal,)*) => {
        /// What went wrong with a request. Codes are only added; their texts stand in `texts/es.toml` and
        /// `texts/en.toml`, with the parameters that each takes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }

        impl Code {
            /// Every code. The first one of a status is the general one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its stable name on the wire, in snake_case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// The request is malformed in a way that no other code names
    BadRequest = BAD_REQUEST "bad_request",
    /// The body is not JSON; parameters `line`, `column`, `reason`
    MalformedJson = BAD_REQUEST "malformed_json",
    /// The exchange is of a format that this release does not speak; parameters `found`, `expected`
    FormatUnknown = BAD_REQUEST "format_unknown",
    /// The body ended before its announced length, or its compression is broken
    BodyIncomplete = BAD_REQUEST "body_incomplete",
    /// No bearer secret, or one that is not valid (any more)
    Unauthenticated = UNAUTHORIZED "unauthenticated",
    /// Name or password are wrong; which of them is not said
    CredentialsWrong = UNAUTHORIZED "credentials_wrong",
    /// The session is over; log in again
    SessionExpired = UNAUTHORIZED "session_expired",
    /// The caller lacks a permission; parameter `permission`
    Forbidden = FORBIDDEN "forbidden",
    /// The key may not be used from this address
    NetworkNotAllowed = FORBIDDEN "network_not_allowed",
    /// The installation, key or user was revoked: what was captured before may still be handed in
    Revoked = FORBIDDEN "revoked",
    /// The phone was reported stolen: it wipes itself
    Stolen = FORBIDDEN "stolen",
    /// A request with the session's cookie that no page of ours asked for
    OtherSite = FORBIDDEN "other_site",
    /// A browser would send password and cookie over a network in clear
    InsecureConnection = FORBIDDEN "insecure_connection",
    /// Somebody else set the user's password: it must be changed first
    PasswordMustChange = FORBIDDEN "password_must_change",
    /// The one-time code is wrong, used or over
    EnrolmentCodeInvalid = FORBIDDEN "enrolment_code_invalid",
    /// There is no such thing, or it is another account's
    NotFound = NOT_FOUND "not_found",
    /// The address exists, but not with this method
    MethodNotAllowed = METHOD_NOT_ALLOWED "method_not_allowed",
    /// The request did not arrive in time
    RequestTimeout = REQUEST_TIMEOUT "request_timeout",
    /// It contradicts what is stored; parameter `with`
    Conflict = CONFLICT "conflict",
    /// Something with this code or number exists already; parameters `field`, `value`
    AlreadyExists = CONFLICT "already_exists",
    /// The `Idempotency-Key` was used for another request
    IdempotencyConflict = CONFLICT "idempotency_conflict",
    /// The first request with this `Idempotency-Key` is still being worked on
    IdempotencyInProgress = CONFLICT "idempotency_in_progress",
    /// A part of a file does not follow what is there; parameter `received_bytes`
    UploadOutOfOrder = CONFLICT "upload_out_of_order",
    /// It was there once and was removed for good
    Gone = GONE "gone",
    /// Somebody changed it since it was read; parameter `current`, the version now
    VersionMismatch = PRECONDITION_FAILED "version_mismatch",
    /// The body is too large; parameter `limit_bytes`
    PayloadTooLarge = PAYLOAD_TOO_LARGE "payload_too_large",
    /// The exchange has more entries than one request may; parameter `limit`
    TooManyEntries = PAYLOAD_TOO_LARGE "too_many_entries",
    /// The address is too long
    UriTooLong = URI_TOO_LONG "uri_too_long",
    /// The body has another type than the expected one; parameter `expected`
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type",
    /// A part of a file was asked for that it does not have; parameter `size_bytes`
    RangeNotSatisfiable = RANGE_NOT_SATISFIABLE "range_not_satisfiable",
    /// Fields are wrong: each is named in `faults`
    ValidationFailed = UNPROCESSABLE_ENTITY "validation_failed",
    /// A file to import holds nothing; parameter `file`
    FileEmpty = UNPROCESSABLE_ENTITY "file_empty",
    /// A file to import is something else; parameters `file`, `found` (the name of a format)
    NotASpreadsheet = UNPROCESSABLE_ENTITY "not_a_spreadsheet",
    /// A file to import opens with a password only; parameter `file`
    FilePasswordProtected = UNPROCESSABLE_ENTITY "file_password_protected",
    /// A file to import is cut off or broken; parameter `file`
    FileDamaged = UNPROCESSABLE_ENTITY "file_damaged",
    /// A file to import has more of something than is read; parameters `file`, `what`, `limit`
    SpreadsheetTooLarge = UNPROCESSABLE_ENTITY "spreadsheet_too_large",
    /// The process that read a file to import is gone before its end; parameter `file`
    FileReaderGone = UNPROCESSABLE_ENTITY "file_reader_gone",
    /// A file to import has not the sheet that its template names, or shows none; parameters `file`, `sheet`
    SheetMissing = UNPROCESSABLE_ENTITY "sheet_missing",
    /// A file to import has headings and nothing below them; parameters `file`, `row`
    NoRows = UNPROCESSABLE_ENTITY "no_rows",
    /// A file to import has a heading over several columns, and its template does not say which; parameters `file`,
    /// `headings`
    HeadingsAmbiguous = UNPROCESSABLE_ENTITY "headings_ambiguous",
    /// A file to import lacks columns that its template names; parameters `file`, `sheet`, `headings`, `found`
    HeadingsMissing = UNPROCESSABLE_ENTITY "headings_missing",
    /// The preview of a draft was not begun
    PreviewNotBegun = NOT_FOUND "preview_not_begun",
    /// A file of which all or nothing is imported has rows that are refused; parameters `file`, `rows` (how many)
    RowsRefused = UNPROCESSABLE_ENTITY "rows_refused",
    /// An import waits for a yes to withdraw what its file lists no longer; parameters `file`, `count`, `managed`
    WithdrawalsAsked = CONFLICT "withdrawals_asked",
    /// A person stopped the import
    ImportStopped = CONFLICT "import_stopped",
    /// An edit must name the version it is based on, in `If-Match`
    PreconditionRequired = PRECONDITION_REQUIRED "precondition_required",
    /// Nothing can be written to, renamed in or removed from this folder; parameter `folder`
    FolderReadOnly = FORBIDDEN "folder_read_only",
    /// There is no more room in the folders of a key; parameters `limit` (files), `limit_bytes`
    FolderFull = INSUFFICIENT_STORAGE "folder_full",
    /// No intake fits a file that came; parameters `file`, `folder`
    NoIntakeFits = CONFLICT "no_intake_fits",
    /// A file that came is in a state in which this cannot be done; parameter `state`
    FileStateDiffers = CONFLICT "file_state_differs",
    /// A file that came before this one to the same intake is not over; parameters `file`, `state` of that
    FileNotNext = CONFLICT "file_not_next",
    /// The program for an agent is not at this server; parameters `system`, `command`
    AgentProgramMissing = CONFLICT "agent_program_missing",
    /// This server sends no mail, so that nothing can be confirmed or set anew by a link
    MailNotSet = CONFLICT "mail_not_set",
    /// A link of a mail is wrong, was used or is over
    LinkInvalid = FORBIDDEN "link_invalid",
    /// A name that no file can have; parameter `reason`
    FileNameInvalid = UNPROCESSABLE_ENTITY "file_name_invalid",
    /// More requests than agreed
    TooManyRequests = TOO_MANY_REQUESTS "too_many_requests",
    /// The account's queue is full; nothing is lost, it is sent again later
    QueueFull = TOO_MANY_REQUESTS "queue_full",
    /// A fault of ours; it is in our log under the request's id
    Internal = INTERNAL_SERVER_ERROR "internal",
    /// Cannot be answered now (starting, stopping, database away)
    Unavailable = SERVICE_UNAVAILABLE "unavailable",
    /// The server's disk is almost full: files are refused, while entries of phones are still taken
    StorageFull = INSUFFICIENT_STORAGE "storage_full",
    /// It is about a task that a later release of this server changed, which this one must not touch; parameter `task`
    LaterRules = SERVICE_UNAVAILABLE "later_rules",
}

impl Code {
    /// The general code of a status, for answers that were made by a library.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.status() == status)
    }
}
