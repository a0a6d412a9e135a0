package campo.desktop

import campo.core.CampoPhone
import campo.core.PhoneLanguage
import campo.core.Stand
import campo.ui.Texts
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.condition.EnabledIfSystemProperty
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals

/** A working day on the real screens, over the real core, against a running server. */
class DayTest {
    private val folder = Files.createTempDirectory("campo-phone").toFile()
    private val scope = CoroutineScope(SupervisorJob())

    @AfterEach
    fun end() {
        scope.cancel()
        folder.deleteRecursively()
    }

    @Test
    fun a_working_day_goes_from_enrolment_to_clock_out_with_and_without_network() = day(PhoneLanguage.SPANISH)

    /** For the pictures; the other one shows that it works. */
    @Test
    @EnabledIfSystemProperty(named = "campo.pictures", matches = "all")
    fun a_working_day_in_english() = day(PhoneLanguage.ENGLISH)

    private fun day(language: PhoneLanguage) = Stand.found(Texts.of(language).tag).use { stand ->
        val texts = Texts.of(language)
        stand.sendsTasks()
        val desk = Desk(folder)
        val phone = runBlocking { desk.open() }
        onScreens(desk, phone, scope, language) { hand ->
            Day(hand, desk, phone, stand, texts).goes()
            assertEquals("", hand.complaints.joinToString("\n"))
        }
        phone.close()
        val seen = stand.get("/v1/entries?limit=100")
        for (kind in KINDS) assertContains(seen, "\"$kind\"")
        assertContains(stand.get("/v1/tasks/number:700123"), "\"closed\"")
    }

    private inner class Day(
        private val hand: Hand,
        private val desk: Desk,
        private val phone: CampoPhone,
        private val stand: Stand,
        private val texts: Texts,
    ) {
        private fun say(spanish: String, english: String) = if (texts.tag == "es") spanish else english

        private fun cell(spanish: String, english: String, row: Int) = "${say(spanish, english)}, ${texts.row(row)}"

        fun goes() {
            enrols()
            clocksIn()
            worksOffline()
            comesBack()
            clocksOut()
        }

        private fun enrols() {
            hand.sees(texts.welcome)
            hand.picture("01-enrolment")
            hand.type(texts.server, stand.url)
            hand.type(texts.code, stand.code())
            hand.tap(texts.enrol)
            hand.sees(texts.whoWorks)
            hand.sees("Hernán Pardo")
            hand.picture("02-who")
            hand.tap("Luz Marina Quiroga")
            hand.pin("4321", texts.enter)
            hand.sees(texts.pinWrong)
            hand.picture("03-pin-wrong")
            hand.pin("4826", texts.enter)
        }

        private fun clocksIn() {
            hand.sees(texts.offShift)
            hand.sees("Distribuidora de Alimentos")
            hand.picture("04-home-before")
            hand.tap(texts.clockIn)
            hand.sees(texts.onShiftSince)
            hand.sees(say("Entrada recibida, N.º", "Clock-in received, No."))
            hand.picture("05-home")
            stand.message("E1", "Recuerde pedir la llave en portería.")
            runBlocking { phone.syncNow() }
            hand.tap(texts.pause)
            hand.picture("06-which-break")
            hand.tap("Almuerzo")
            hand.sees(texts.endPause)
            hand.picture("07-on-break")
            hand.tap(texts.endPause)
            hand.tap("${texts.tasks}, 2")
            hand.sees("Supermercado La Colina")
            hand.picture("08-tasks")
        }

        private fun worksOffline() {
            hand.tap("Distribuidora de Alimentos y Bebidas El Porvenir de la Sabana")
            hand.tap(say("Aceptar tarea", "Accept task"))
            hand.tap(say("Salir hacia el lugar", "Set off"))
            hand.sees(say("En camino desde", "On the way since"))
            desk.goOnline(false, phone)
            hand.sees(texts.noNetwork)
            hand.tap(say("Marcar llegada", "Mark arrival"))
            hand.tap(say("Empezar", "Start work"))
            hand.sees(say("En curso desde", "In progress since"))
            hand.sees(say("pide el formulario Acta de servicio", "needs the form Service record"))
            hand.picture("09-task")
            fillsTheReading()
            fillsTheAct()
            hand.tap(say("Terminar", "Finish"))
            hand.sees(texts.waitsForOffice)
            hand.picture("16-task-done")
        }

        private fun fillsTheReading() {
            hand.tap(texts.otherForms)
            hand.tap(say("Lectura de equipos", "Equipment reading"))
            hand.sees(texts.question(1, 8))
            hand.tap(texts.nextQuestion)
            hand.sees(say("Falta la respuesta", "The answer is missing"))
            hand.tap(say("En orden", "In order"))
            hand.picture("10-form-choice")
            hand.tap(texts.nextQuestion)
            hand.type(say("Temperatura del cuarto, °C", "Temperature of the room, °C"), "−18,5")
            hand.tap(texts.nextQuestion)
            hand.tap(texts.addRow)
            hand.type(cell("Equipo", "Unit", 1), "Evaporador 1")
            hand.type(cell("Presión psi", "Pressure psi", 1), "68")
            hand.type(cell("Temp. °C", "Temp. °C", 1), "−18,5")
            hand.tap(texts.addRow)
            hand.type(cell("Equipo", "Unit", 2), "Evaporador 2")
            hand.type(cell("Presión psi", "Pressure psi", 2), "680")
            hand.sees(say("lo más que se acepta es 500", "the most is 500"))
            hand.picture("11-form-table")
            hand.type(cell("Presión psi", "Pressure psi", 2), "68")
            hand.tap(texts.nextQuestion)
            hand.tap(texts.takePhoto)
            hand.sees(texts.takeAnother)
            hand.picture("12-form-photo")
            hand.tap(texts.close)
            hand.sees(say("Borrador, 4 de 8", "Draft, 4 of 8"))
            hand.picture("13-task-draft")
        }

        private fun fillsTheAct() {
            hand.tap(texts.fill(say("Acta de servicio", "Service record")))
            hand.type(say("¿Qué se hizo?", "What was done?"), "Se limpió el evaporador y se cambió el empaque.")
            hand.tap(texts.nextQuestion)
            hand.tap(texts.nextQuestion)
            hand.tap(texts.takePhoto)
            hand.sees(texts.takeAnother)
            hand.tap(texts.nextQuestion)
            hand.draw(texts.signHere)
            hand.tap(texts.sign)
            hand.sees(texts.signAgain)
            hand.picture("14-form-signature")
            hand.tap(texts.review)
            hand.sees(texts.answered(3, 4))
            hand.picture("14-form-review")
            hand.tap(texts.handIn)
            hand.sees(say("Guardado en este teléfono", "Saved on this phone"))
            hand.picture("15-receipt")
            hand.tap(texts.backToTask)
        }

        private fun comesBack() {
            hand.tap(texts.back)
            hand.tap(texts.home)
            hand.sees(say("por enviar", "to send"))
            hand.picture("17-home-offline")
            desk.goOnline(true, phone)
            val status = runBlocking { phone.syncNow() }
            assertEquals(null, status.trouble)
            hand.tap("${texts.messages}, 1")
            hand.sees("Recuerde pedir la llave")
            hand.type(texts.writeMessage, "Listo, ya la tengo.")
            hand.tap(texts.send)
            hand.sees("Listo, ya la tengo.")
            hand.picture("18-messages")
            hand.tap(texts.myTime)
            hand.sees("Almuerzo")
            hand.picture("19-my-time")
            hand.tap(texts.more)
            hand.picture("20-more")
            hand.tap(texts.diagnostics)
            hand.sees(say("Último intercambio", "Last exchange"))
            hand.picture("21-diagnostics")
            hand.tap(texts.back)
            hand.tap(texts.trays)
            hand.sees("${texts.drafts} (1)")
            hand.picture("22-trays")
            hand.tap(texts.back)
        }

        private fun clocksOut() {
            hand.tap(texts.home)
            hand.tap(texts.clockOut)
            hand.sees(texts.offShift)
            runBlocking { while (phone.syncNow().let { it.unsentEntries + it.unsentFiles } > 0u) Unit }
            hand.tap(texts.changePerson)
            hand.sees(texts.whoWorks)
        }
    }

    private companion object {
        val KINDS = listOf(
            "shift.start", "task.en_route", "task.arrive", "task.start", "form", "task.close", "break.start", "shift.end", "message",
        )
    }
}
