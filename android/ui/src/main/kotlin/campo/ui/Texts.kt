// The words of the screens in both languages. An interface rather than resource files: a word that is missing in one of
// them does not compile, what counts is a function, and the same source runs on Android and on a desk.
package campo.ui

import campo.core.PhoneLanguage

interface Texts {
    val tag: String

    // Enrolment
    val welcome: String
    val welcomeHint: String
    val scanCode: String
    val typeCode: String
    val server: String
    val serverHint: String
    val code: String
    val codeHint: String
    val enrol: String
    val enrolling: String
    val welcomeTo: (String) -> String

    // Who works here
    val whoWorks: String
    val whoWorksHint: String
    val noRoster: String
    val pinOf: (String) -> String
    val pinDigits: (Int) -> String
    val pinWrong: String
    val pinWait: (Long) -> String
    val delete: String
    val enter: String

    // Home
    val home: String
    val tasks: String
    val myTime: String
    val messages: String
    val more: String
    val shift: String
    val offShift: String
    val onShiftSince: String
    val onBreakSince: (String) -> String
    val clockIn: String
    val clockOut: String
    val clockInHint: String
    val pause: String
    val endPause: String
    val whichBreak: String
    val breakWithoutKind: String
    val positionOff: String
    val positionNever: String
    val positionOn: String
    val positionAtEntries: String
    val next: String
    val nextAt: (String) -> String
    val goOnWithTask: String
    val openTask: String
    val noTasks: String
    val noTasksHint: String
    val formsMissing: (Int) -> String
    val outbox: String
    val repair: String
    val changePerson: String
    val confirmClockOut: String
    val cancel: String

    // The quiet line
    val noNetwork: String
    val notCampo: String
    val serverBusy: String
    val upgradeRequired: String
    val diskFull: String
    val storeBroken: String
    val fileUnreadable: String
    val revoked: String
    val needsLogin: String
    val refusedBecause: (String) -> String

    // Tasks
    val all: String
    val today: String
    val late: String
    val over: String
    val now: String
    val coming: String
    val search: String
    val nothingFound: String
    val clearFilter: String
    val hidden: (Int) -> String
    val moreChoices: (Int) -> String
    val task: (String) -> String
    val steps: String
    val howToGetThere: String
    val call: (String) -> String
    val forms: String
    val otherForms: String
    val seeAnswers: String
    val goOn: String
    val missing: String
    val photos: (Int) -> String
    val takePhoto: String
    val photoTaken: String
    val officeFiles: (Int) -> String
    val notes: String
    val data: String
    val site: String
    val writeAboutTask: String
    val otherSteps: String
    val why: String
    val whyHint: String
    val confirm: String
    val fill: (String) -> String
    val taskGone: String
    val notEverything: String
    val tooFar: (String, String) -> String
    val waitsForOffice: String
    val notSent: String

    // Forms
    val question: (Int, Int) -> String
    val draftSaved: (String) -> String
    val draftWillBeSaved: String
    val back: String
    val close: String
    val nextQuestion: String
    val review: String
    val handIn: String
    val allQuestions: String
    val addRow: String
    val remove: String
    val whichRow: String
    val row: (Int) -> String
    val takeAnother: String
    val removePhoto: String
    val photoN: (Int) -> String
    val sign: String
    val signHere: String
    val signAgain: String
    val signed: String
    val chooseDate: String
    val takePosition: String
    val positionUnknown: String
    val choose: String
    val optional: String
    val toAnswer: (Int) -> String
    val allAnswered: String
    val answered: (Int, Int) -> String
    val noAnswer: String
    val discardDraft: String
    val formGone: String
    val yes: String
    val write: String
    val number: String

    // Receipts
    val receipt: String
    val receiptProvisional: String
    val share: String
    val backToTask: String
    val done: String

    // My time
    val workedThisWeek: String
    val askedOfYou: String
    val agree: String
    val disagree: String
    val noPunches: String
    val askCorrection: String
    val earlierWeek: String
    val laterWeek: String
    val whichPunch: String
    val rightTime: String
    val rightTimeHint: String
    val send: String
    val seeReceipt: (String) -> String

    // Messages
    val noMessages: String
    val writeMessage: String
    val you: String
    val office: String
    val sent: String
    val toBeSent: String

    // Trays
    val trays: String
    val drafts: String
    val toSend: String
    val sentTray: String
    val needsRepair: String
    val emptyTray: String
    val sendNow: String
    val sending: String

    // More
    val diagnostics: String
    val diagnosticsHint: String
    val traysHint: String
    val formsHint: String
    val receiptsHint: String
    val theme: String
    val shareReport: String
    val battery: String
    val loading: String
    val network: String
    val enrolAgain: String
    val enrolAgainHint: String

    companion object {
        fun of(language: PhoneLanguage): Texts =
            when (language) {
                PhoneLanguage.SPANISH -> Spanish
                PhoneLanguage.ENGLISH -> English
            }
    }
}

object Spanish : Texts {
    override val tag = "es"
    override val welcome = "Campo en este teléfono"
    override val welcomeHint = "La oficina le da un código. Sirve una sola vez."
    override val scanCode = "Escanear código"
    override val typeCode = "Escribir código"
    override val server = "Dirección del servidor"
    override val serverHint = "https://campo.suempresa.com"
    override val code = "Código"
    override val codeHint = "Como está en la pantalla de la oficina"
    override val enrol = "Inscribir teléfono"
    override val enrolling = "Inscribiendo…"
    override val welcomeTo = { company: String -> "Este teléfono es de $company" }
    override val whoWorks = "¿Quién trabaja?"
    override val whoWorksHint = "Escoja su nombre y escriba su PIN."
    override val noRoster = "La oficina todavía no puso a nadie en este teléfono. Aparecerá aquí cuando haya red."
    override val pinOf = { name: String -> "PIN de $name" }
    override val pinDigits = { count: Int -> if (count == 1) "1 cifra escrita" else "$count cifras escritas" }
    override val pinWrong = "El PIN no es correcto. Escríbalo otra vez."
    override val pinWait = { seconds: Long -> "Demasiados intentos. Espere ${span(seconds)} y escríbalo otra vez." }
    override val delete = "Borrar"
    override val enter = "Entrar"
    override val home = "Inicio"
    override val tasks = "Tareas"
    override val myTime = "Mi tiempo"
    override val messages = "Mensajes"
    override val more = "Más"
    override val shift = "Jornada"
    override val offShift = "Fuera de jornada"
    override val onShiftSince = "En jornada desde"
    override val onBreakSince = { name: String -> "${name.ifEmpty { "En pausa" }} desde" }
    override val clockIn = "Marcar entrada"
    override val clockOut = "Marcar salida"
    override val clockInHint = "Buen día. Marque entrada para empezar."
    override val pause = "Pausa"
    override val endPause = "Terminar pausa"
    override val whichBreak = "¿Qué pausa?"
    override val breakWithoutKind = "Pausa"
    override val positionOff = "Ubicación apagada. Se enciende al marcar entrada y se apaga al salir."
    override val positionNever = "Su empresa no registra ubicación."
    override val positionOn = "Ubicación activa hasta marcar salida"
    override val positionAtEntries = "Ubicación solo al registrar algo"
    override val next = "Siguiente"
    override val nextAt = { time: String -> "Siguiente, $time" }
    override val goOnWithTask = "Seguir con la tarea"
    override val openTask = "Ver la tarea"
    override val noTasks = "No tiene tareas por hacer"
    override val noTasksHint = "Cuando la oficina le mande una, aparece aquí y suena."
    override val formsMissing = { count: Int -> if (count == 1) "falta 1 formulario" else "faltan $count formularios" }
    override val outbox = "Envíos"
    override val repair = "Necesita arreglo"
    override val changePerson = "Cambiar de persona"
    override val confirmClockOut = "¿Marcar salida ahora?"
    override val cancel = "Cancelar"
    override val noNetwork = "Sin red. Todo queda guardado aquí."
    override val notCampo = "Esta red pide entrar por el navegador. Todo queda guardado aquí."
    override val serverBusy = "El servidor está ocupado. Se envía solo en un momento."
    override val upgradeRequired = "Hace falta una versión más nueva de la aplicación. Lo suyo queda guardado."
    override val diskFull = "El teléfono está lleno. Borre fotos o aplicaciones para seguir registrando."
    override val storeBroken = "El teléfono no puede guardar. Avise a la oficina."
    override val fileUnreadable = "Una foto no se puede leer. Lo demás se envía."
    override val revoked = "La oficina retiró este teléfono. Lo que falta por enviar todavía se recibe."
    override val needsLogin = "La oficina debe inscribir de nuevo este teléfono. Lo suyo queda guardado."
    override val refusedBecause = { code: String -> "El servidor no lo acepta ($code). Avise a la oficina." }
    override val all = "Todas"
    override val today = "Hoy"
    override val late = "Atrasadas"
    override val over = "Terminadas"
    override val now = "En curso"
    override val coming = "Próximas"
    override val search = "Buscar"
    override val nothingFound = "Ninguna tarea con este filtro"
    override val clearFilter = "Ver todas"
    override val hidden = { count: Int -> if (count == 1) "Hay 1 tarea más" else "Hay $count tareas más" }
    override val moreChoices = { count: Int -> if (count == 1) "Hay 1 más: escriba para encontrarlo" else "Hay $count más: escriba para encontrarlos" }
    override val task = { number: String -> "Tarea $number" }
    override val steps = "Pasos"
    override val howToGetThere = "Cómo llegar"
    override val call = { name: String -> if (name.isEmpty()) "Llamar" else "Llamar a $name" }
    override val forms = "Formularios"
    override val otherForms = "Otros formularios"
    override val seeAnswers = "Ver"
    override val goOn = "Seguir"
    override val missing = "Falta"
    override val photos = { count: Int -> if (count == 1) "1 foto" else "$count fotos" }
    override val takePhoto = "Tomar foto"
    override val photoTaken = "Foto guardada"
    override val officeFiles = { count: Int -> if (count == 1) "1 archivo de la oficina" else "$count archivos de la oficina" }
    override val notes = "Notas"
    override val data = "Datos"
    override val site = "Sitio"
    override val writeAboutTask = "Escribir a la oficina"
    override val otherSteps = "Más acciones"
    override val why = "¿Por qué?"
    override val whyHint = "Lo leerá la oficina"
    override val confirm = "Confirmar"
    override val fill = { form: String -> "Llenar $form" }
    override val taskGone = "Esta tarea ya no está en el teléfono."
    override val notEverything = "Queda guardado aquí y se envía solo."
    override val tooFar = { distance: String, radius: String ->
        "Está a $distance del lugar; se permite hasta $radius. Acérquese y marque otra vez. El intento quedó registrado."
    }
    override val waitsForOffice = "La tarea terminó. Si falta algo, escriba a la oficina."
    override val notSent = "Por enviar"
    override val question = { number: Int, all: Int -> "Pregunta $number de $all" }
    override val draftSaved = { time: String -> "Borrador guardado $time" }
    override val draftWillBeSaved = "Cada respuesta se guarda sola"
    override val back = "Atrás"
    override val close = "Cerrar"
    override val nextQuestion = "Siguiente"
    override val review = "Revisar"
    override val handIn = "Entregar formulario"
    override val allQuestions = "Todas las preguntas"
    override val addRow = "Agregar fila"
    override val remove = "Quitar"
    override val whichRow = "¿Qué fila?"
    override val row = { number: Int -> "Fila $number" }
    override val takeAnother = "Tomar otra"
    override val removePhoto = "Quitar foto"
    override val photoN = { number: Int -> "Foto $number" }
    override val sign = "Firmar"
    override val signHere = "Firme aquí con el dedo"
    override val signAgain = "Firmar otra vez"
    override val signed = "Firmado"
    override val chooseDate = "Escoger fecha"
    override val takePosition = "Tomar ubicación"
    override val positionUnknown = "El teléfono no sabe dónde está. Salga a cielo abierto y pruebe otra vez."
    override val choose = "Escoger"
    override val optional = "Puede quedar vacía"
    override val toAnswer = { count: Int -> if (count == 1) "Falta 1 respuesta" else "Faltan $count respuestas" }
    override val allAnswered = "Está completo"
    override val answered = { count: Int, all: Int -> "$count de $all respondidas" }
    override val noAnswer = "Sin respuesta"
    override val discardDraft = "Borrar borrador"
    override val formGone = "Este formulario ya no está en el teléfono."
    override val yes = "Sí"
    override val write = "Escriba"
    override val number = "Número"
    override val receipt = "Comprobante"
    override val receiptProvisional = "Será definitivo, con su número, cuando el servidor lo reciba. Queda en Más, Envíos."
    override val share = "Compartir comprobante"
    override val backToTask = "Volver a la tarea"
    override val done = "Listo"
    override val workedThisWeek = "Trabajado esta semana"
    override val askedOfYou = "Piden su acuerdo"
    override val agree = "Aceptar"
    override val disagree = "No estoy de acuerdo"
    override val noPunches = "No hay marcas en este día."
    override val askCorrection = "Pedir una corrección"
    override val earlierWeek = "Semana anterior"
    override val laterWeek = "Semana siguiente"
    override val whichPunch = "¿Qué marca está mal?"
    override val rightTime = "Hora correcta"
    override val rightTimeHint = "Escriba la hora, por ejemplo 07:05"
    override val send = "Enviar"
    override val seeReceipt = { what: String -> "Ver comprobante de $what" }
    override val noMessages = "Todavía no hay mensajes con la oficina."
    override val writeMessage = "Escriba a la oficina"
    override val you = "Usted"
    override val office = "Oficina"
    override val sent = "Enviado"
    override val toBeSent = "Por enviar"
    override val trays = "Envíos"
    override val drafts = "Borradores"
    override val toSend = "Por enviar"
    override val sentTray = "Enviados"
    override val needsRepair = "Necesitan arreglo"
    override val emptyTray = "No hay nada por enviar ni por arreglar."
    override val sendNow = "Enviar ahora"
    override val sending = "Enviando…"
    override val diagnostics = "Diagnóstico"
    override val diagnosticsHint = "Último intercambio, batería, enviar informe"
    override val traysHint = "Borradores, por enviar, enviados, por arreglar"
    override val formsHint = "Llenar uno sin tarea"
    override val receiptsHint = "Lo que marcó y su comprobante"
    override val theme = "Apariencia"
    override val shareReport = "Compartir informe"
    override val battery = "Batería"
    override val loading = "Cargando…"
    override val network = "Red"
    override val enrolAgain = "Inscribir de nuevo"
    override val enrolAgainHint = "Con otro código de la oficina"
}

object English : Texts {
    override val tag = "en"
    override val welcome = "Campo on this phone"
    override val welcomeHint = "The office gives you a code. It works once."
    override val scanCode = "Scan the code"
    override val typeCode = "Type the code"
    override val server = "Address of the server"
    override val serverHint = "https://campo.yourcompany.com"
    override val code = "Code"
    override val codeHint = "As it stands on the office's screen"
    override val enrol = "Enrol this phone"
    override val enrolling = "Enrolling…"
    override val welcomeTo = { company: String -> "This phone belongs to $company" }
    override val whoWorks = "Who works?"
    override val whoWorksHint = "Choose your name and type your PIN."
    override val noRoster = "The office has put nobody on this phone yet. They appear here once there is a network."
    override val pinOf = { name: String -> "PIN of $name" }
    override val pinDigits = { count: Int -> if (count == 1) "1 digit typed" else "$count digits typed" }
    override val pinWrong = "The PIN is not right. Type it again."
    override val pinWait = { seconds: Long -> "Too many tries. Wait ${span(seconds)} and type it again." }
    override val delete = "Delete"
    override val enter = "Enter"
    override val home = "Home"
    override val tasks = "Tasks"
    override val myTime = "My time"
    override val messages = "Messages"
    override val more = "More"
    override val shift = "Shift"
    override val offShift = "Off shift"
    override val onShiftSince = "On shift since"
    override val onBreakSince = { name: String -> "${name.ifEmpty { "On a break" }} since" }
    override val clockIn = "Clock in"
    override val clockOut = "Clock out"
    override val clockInHint = "Good day. Clock in to begin."
    override val pause = "Break"
    override val endPause = "End break"
    override val whichBreak = "Which break?"
    override val breakWithoutKind = "Break"
    override val positionOff = "Position is off. It goes on when you clock in and off when you clock out."
    override val positionNever = "Your company records no position."
    override val positionOn = "Position is on until you clock out"
    override val positionAtEntries = "Position only when you record something"
    override val next = "Next"
    override val nextAt = { time: String -> "Next, $time" }
    override val goOnWithTask = "Go on with the task"
    override val openTask = "See the task"
    override val noTasks = "You have no tasks to do"
    override val noTasksHint = "When the office sends one, it appears here and rings."
    override val formsMissing = { count: Int -> if (count == 1) "1 form missing" else "$count forms missing" }
    override val outbox = "Outbox"
    override val repair = "Needs repair"
    override val changePerson = "Change person"
    override val confirmClockOut = "Clock out now?"
    override val cancel = "Cancel"
    override val noNetwork = "No network. Everything is kept here."
    override val notCampo = "This network wants a log-in in the browser. Everything is kept here."
    override val serverBusy = "The server is busy. It is sent by itself in a moment."
    override val upgradeRequired = "A newer version of the app is needed. What is yours is kept."
    override val diskFull = "The phone is full. Remove photos or apps to go on recording."
    override val storeBroken = "The phone cannot save. Tell the office."
    override val fileUnreadable = "A photo cannot be read. Everything else is sent."
    override val revoked = "The office withdrew this phone. What is unsent is still taken."
    override val needsLogin = "The office must enrol this phone again. What is yours is kept."
    override val refusedBecause = { code: String -> "The server does not take it ($code). Tell the office." }
    override val all = "All"
    override val today = "Today"
    override val late = "Late"
    override val over = "Done"
    override val now = "In progress"
    override val coming = "Coming"
    override val search = "Search"
    override val nothingFound = "No task with this filter"
    override val clearFilter = "See all"
    override val hidden = { count: Int -> if (count == 1) "There is 1 more task" else "There are $count more tasks" }
    override val moreChoices = { count: Int -> if (count == 1) "1 more: type to find it" else "$count more: type to find them" }
    override val task = { number: String -> "Task $number" }
    override val steps = "Steps"
    override val howToGetThere = "How to get there"
    override val call = { name: String -> if (name.isEmpty()) "Call" else "Call $name" }
    override val forms = "Forms"
    override val otherForms = "Other forms"
    override val seeAnswers = "See"
    override val goOn = "Go on"
    override val missing = "Missing"
    override val photos = { count: Int -> if (count == 1) "1 photo" else "$count photos" }
    override val takePhoto = "Take a photo"
    override val photoTaken = "Photo saved"
    override val officeFiles = { count: Int -> if (count == 1) "1 file from the office" else "$count files from the office" }
    override val notes = "Notes"
    override val data = "Details"
    override val site = "Site"
    override val writeAboutTask = "Write to the office"
    override val otherSteps = "More actions"
    override val why = "Why?"
    override val whyHint = "The office will read it"
    override val confirm = "Confirm"
    override val fill = { form: String -> "Fill $form" }
    override val taskGone = "This task is not on the phone any more."
    override val notEverything = "It is kept here and sent by itself."
    override val tooFar = { distance: String, radius: String ->
        "You are $distance from the place; $radius are allowed. Go closer and try again. The attempt was recorded."
    }
    override val waitsForOffice = "The task is over. If something is missing, write to the office."
    override val notSent = "To be sent"
    override val question = { number: Int, all: Int -> "Question $number of $all" }
    override val draftSaved = { time: String -> "Draft saved $time" }
    override val draftWillBeSaved = "Each answer is saved by itself"
    override val back = "Back"
    override val close = "Close"
    override val nextQuestion = "Next"
    override val review = "Review"
    override val handIn = "Hand the form in"
    override val allQuestions = "All questions"
    override val addRow = "Add a row"
    override val remove = "Remove"
    override val whichRow = "Which row?"
    override val row = { number: Int -> "Row $number" }
    override val takeAnother = "Take another"
    override val removePhoto = "Remove the photo"
    override val photoN = { number: Int -> "Photo $number" }
    override val sign = "Sign"
    override val signHere = "Sign here with your finger"
    override val signAgain = "Sign again"
    override val signed = "Signed"
    override val chooseDate = "Choose a date"
    override val takePosition = "Take the position"
    override val positionUnknown = "The phone does not know where it is. Go outdoors and try again."
    override val choose = "Choose"
    override val optional = "May stay empty"
    override val toAnswer = { count: Int -> if (count == 1) "1 answer is missing" else "$count answers are missing" }
    override val allAnswered = "It is complete"
    override val answered = { count: Int, all: Int -> "$count of $all answered" }
    override val noAnswer = "No answer"
    override val discardDraft = "Discard the draft"
    override val formGone = "This form is not on the phone any more."
    override val yes = "Yes"
    override val write = "Write"
    override val number = "Number"
    override val receipt = "Receipt"
    override val receiptProvisional = "It becomes final, with its number, when the server receives it. It stays in More, Outbox."
    override val share = "Share the receipt"
    override val backToTask = "Back to the task"
    override val done = "Done"
    override val workedThisWeek = "Worked this week"
    override val askedOfYou = "Your agreement is asked for"
    override val agree = "Agree"
    override val disagree = "I do not agree"
    override val noPunches = "No punches on this day."
    override val askCorrection = "Ask for a correction"
    override val earlierWeek = "Week before"
    override val laterWeek = "Week after"
    override val whichPunch = "Which punch is wrong?"
    override val rightTime = "Right time"
    override val rightTimeHint = "Type the time, such as 07:05"
    override val send = "Send"
    override val seeReceipt = { what: String -> "See the receipt of $what" }
    override val noMessages = "There are no messages with the office yet."
    override val writeMessage = "Write to the office"
    override val you = "You"
    override val office = "Office"
    override val sent = "Sent"
    override val toBeSent = "To be sent"
    override val trays = "Outbox"
    override val drafts = "Drafts"
    override val toSend = "To send"
    override val sentTray = "Sent"
    override val needsRepair = "Need repair"
    override val emptyTray = "Nothing is to be sent or repaired."
    override val sendNow = "Send now"
    override val sending = "Sending…"
    override val diagnostics = "Diagnostics"
    override val diagnosticsHint = "Last exchange, battery, send a report"
    override val traysHint = "Drafts, to send, sent, to repair"
    override val formsHint = "Fill one without a task"
    override val receiptsHint = "What you recorded, with its receipt"
    override val theme = "Appearance"
    override val shareReport = "Share the report"
    override val battery = "Battery"
    override val loading = "Loading…"
    override val network = "Network"
    override val enrolAgain = "Enrol again"
    override val enrolAgainHint = "With another code of the office"
}

private fun span(seconds: Long): String = if (seconds < 90) "$seconds\u00a0s" else "${(seconds + 59) / 60}\u00a0min"
