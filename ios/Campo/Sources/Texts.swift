// The words of the screens in both languages: the same as Android's, in the same order.
import CampoCore

struct Texts {
    let spanish: Bool

    init(_ language: PhoneLanguage) { spanish = language == .spanish }

    private func pick(_ spanish: String, _ english: String) -> String { self.spanish ? spanish : english }

    var welcome: String { pick("Campo en este teléfono", "Campo on this phone") }
    var welcomeHint: String { pick("La oficina le da un código. Sirve una sola vez.", "The office gives you a code. It works once.") }
    var server: String { pick("Dirección del servidor", "Address of the server") }
    var code: String { pick("Código", "Code") }
    var enrol: String { pick("Inscribir teléfono", "Enrol this phone") }
    var whoWorks: String { pick("¿Quién trabaja?", "Who works?") }
    var whoWorksHint: String { pick("Escoja su nombre y escriba su PIN.", "Choose your name and type your PIN.") }
    var noRoster: String { pick("La oficina todavía no puso a nadie en este teléfono. Aparecerá aquí cuando haya red.", "The office has put nobody on this phone yet. They appear here once there is a network.") }
    func pinOf(_ name: String) -> String { pick("PIN de \(name)", "PIN of \(name)") }
    var pinWrong: String { pick("El PIN no es correcto. Escríbalo otra vez.", "The PIN is not right. Type it again.") }
    func pinWait(_ seconds: Int64) -> String { pick("Demasiados intentos. Espere \(seconds) s y escríbalo otra vez.", "Too many tries. Wait \(seconds) s and type it again.") }
    var enter: String { pick("Entrar", "Enter") }
    var home: String { pick("Inicio", "Home") }
    var tasks: String { pick("Tareas", "Tasks") }
    var myTime: String { pick("Mi tiempo", "My time") }
    var messages: String { pick("Mensajes", "Messages") }
    var more: String { pick("Más", "More") }
    var offShift: String { pick("Fuera de jornada", "Off shift") }
    var onShiftSince: String { pick("En jornada desde", "On shift since") }
    func onBreakSince(_ name: String) -> String { pick("\(name.isEmpty ? "En pausa" : name) desde", "\(name.isEmpty ? "On a break" : name) since") }
    var clockIn: String { pick("Marcar entrada", "Clock in") }
    var clockOut: String { pick("Marcar salida", "Clock out") }
    var pause: String { pick("Pausa", "Break") }
    var endPause: String { pick("Terminar pausa", "End break") }
    var whichBreak: String { pick("¿Qué pausa?", "Which break?") }
    var positionOff: String { pick("Ubicación apagada. Se enciende al marcar entrada y se apaga al salir.", "Position is off. It goes on when you clock in and off when you clock out.") }
    var positionNever: String { pick("Su empresa no registra ubicación.", "Your company records no position.") }
    var positionOn: String { pick("Ubicación activa hasta marcar salida", "Position is on until you clock out") }
    var positionAtEntries: String { pick("Ubicación solo al registrar algo", "Position only when you record something") }
    var goOnWithTask: String { pick("Seguir con la tarea", "Go on with the task") }
    var openTask: String { pick("Ver la tarea", "See the task") }
    var noTasks: String { pick("No tiene tareas por hacer", "You have no tasks to do") }
    var changePerson: String { pick("Cambiar de persona", "Change person") }
    var cancel: String { pick("Cancelar", "Cancel") }
    var noNetwork: String { pick("Sin red. Todo queda guardado aquí.", "No network. Everything is kept here.") }
    var serverBusy: String { pick("El servidor está ocupado. Se envía solo en un momento.", "The server is busy. It is sent by itself in a moment.") }
    var upgradeRequired: String { pick("Hace falta una versión más nueva de la aplicación. Lo suyo queda guardado.", "A newer version of the app is needed. What is yours is kept.") }
    var diskFull: String { pick("El teléfono está lleno. Borre fotos o aplicaciones para seguir registrando.", "The phone is full. Remove photos or apps to go on recording.") }
    var storeBroken: String { pick("El teléfono no puede guardar. Avise a la oficina.", "The phone cannot save. Tell the office.") }
    var needsLogin: String { pick("La oficina debe inscribir de nuevo este teléfono. Lo suyo queda guardado.", "The office must enrol this phone again. What is yours is kept.") }
    func refused(_ code: String) -> String { pick("El servidor no lo acepta (\(code)). Avise a la oficina.", "The server does not take it (\(code)). Tell the office.") }
    func tooFar(_ distance: Double, _ radius: Double) -> String { pick("Está a \(Int(distance)) m del lugar; se permite hasta \(Int(radius)) m. Acérquese y marque otra vez.", "You are \(Int(distance)) m from the place; \(Int(radius)) m are allowed. Go closer and try again.") }
    func task(_ number: String) -> String { pick("Tarea \(number)", "Task \(number)") }
    var howToGetThere: String { pick("Cómo llegar", "How to get there") }
    func call(_ name: String) -> String { pick(name.isEmpty ? "Llamar" : "Llamar a \(name)", name.isEmpty ? "Call" : "Call \(name)") }
    var forms: String { pick("Formularios", "Forms") }
    var takePhoto: String { pick("Tomar foto", "Take a photo") }
    var writeAboutTask: String { pick("Escribir a la oficina", "Write to the office") }
    var otherSteps: String { pick("Más acciones", "More actions") }
    var why: String { pick("¿Por qué?", "Why?") }
    var confirm: String { pick("Confirmar", "Confirm") }
    func fill(_ form: String) -> String { pick("Llenar \(form)", "Fill \(form)") }
    func question(_ number: Int, _ all: Int) -> String { pick("Pregunta \(number) de \(all)", "Question \(number) of \(all)") }
    var back: String { pick("Atrás", "Back") }
    var next: String { pick("Siguiente", "Next") }
    var review: String { pick("Revisar", "Review") }
    var handIn: String { pick("Entregar formulario", "Hand the form in") }
    var search: String { pick("Buscar", "Search") }
    func moreChoices(_ count: Int) -> String { pick("Hay \(count) más: escriba para encontrar", "\(count) more: type to find") }
    var addRow: String { pick("Agregar fila", "Add a row") }
    var removeRow: String { pick("Quitar fila", "Remove the row") }
    var sign: String { pick("Firmar", "Sign") }
    var signHere: String { pick("Firme aquí con el dedo", "Sign here with your finger") }
    var signAgain: String { pick("Firmar otra vez", "Sign again") }
    var takePosition: String { pick("Tomar ubicación", "Take the position") }
    var noAnswer: String { pick("Sin respuesta", "No answer") }
    var receipt: String { pick("Comprobante", "Receipt") }
    var receiptProvisional: String { pick("Será definitivo, con su número, cuando el servidor lo reciba.", "It becomes final, with its number, when the server receives it.") }
    var share: String { pick("Compartir comprobante", "Share the receipt") }
    var workedThisWeek: String { pick("Trabajado esta semana", "Worked this week") }
    var askedOfYou: String { pick("Piden su acuerdo", "Your agreement is asked for") }
    var agree: String { pick("Aceptar", "Agree") }
    var disagree: String { pick("No estoy de acuerdo", "I do not agree") }
    var noPunches: String { pick("No hay marcas en este día.", "No punches on this day.") }
    var send: String { pick("Enviar", "Send") }
    var writeMessage: String { pick("Escriba a la oficina", "Write to the office") }
    var trays: String { pick("Envíos", "Outbox") }
    var drafts: String { pick("Borradores", "Drafts") }
    var toSend: String { pick("Por enviar", "To send") }
    var sent: String { pick("Enviados", "Sent") }
    var needsRepair: String { pick("Necesitan arreglo", "Need repair") }
    var sendNow: String { pick("Enviar ahora", "Send now") }
    var diagnostics: String { pick("Diagnóstico", "Diagnostics") }
}
