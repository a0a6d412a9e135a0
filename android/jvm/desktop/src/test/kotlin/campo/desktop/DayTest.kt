package campo.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import campo.core.CampoPhone
import campo.core.Here
import campo.core.PhoneLanguage
import campo.core.Stand
import campo.ui.CampoApp
import campo.ui.Opened
import campo.ui.theme.CampoTheme
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import java.io.File
import java.nio.file.Files
import java.time.LocalDateTime
import java.time.temporal.ChronoUnit
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals

/** A working day on the real screens, over the real core, against a running server. */
@OptIn(ExperimentalTestApi::class)
class DayTest {
    private val folder = Files.createTempDirectory("campo-phone").toFile()
    private val scope = CoroutineScope(SupervisorJob())
    private val stand = Stand.found("es")
    private val pictures = File("target/pictures")

    @AfterEach
    fun end() {
        scope.cancel()
        stand.close()
        folder.deleteRecursively()
    }

    private fun today(hours: Long): String {
        val time = LocalDateTime.now(java.time.ZoneId.of("America/Bogota")).plusHours(hours).truncatedTo(ChronoUnit.HOURS)
        return """{"local":"$time:00","zone":"America/Bogota"}"""
    }

    @Test
    fun a_working_day_goes_from_enrolment_to_clock_out_with_and_without_network() {
        stand.task(
            """{"external_number":"700123","type":"code:MAINT","description":"Cuarto frío 2, bodega norte",
               "customer_name":"Distribuidora de Alimentos y Bebidas El Porvenir de la Sabana","contact_name":"Hernán Pardo",
               "phone1":"+57 300 000 0000","notes":"Pedir la llave en portería.","data":{"data7":"FT-88213"},
               "location":{"latitude":4.8617,"longitude":-74.0466,"address":"Km 19 vía Chía–Cajicá"},
               "start":${today(0)},"due":${today(2)},"assignments":[{"employee":"number:E1"}]}""",
        )
        stand.task(
            """{"external_number":"700140","type":"code:MAINT","description":"Revisar compresor",
               "customer_name":"Supermercado La Colina","location":{"latitude":4.7110,"longitude":-74.0721},
               "start":${today(3)},"due":${today(5)},"assignments":[{"employee":"number:E1"}]}""",
        )
        val desk = Desk(folder)
        val phone = runBlocking { desk.open() }
        runSkikoComposeUiTest(Size(824f, 1830f), Density(2f)) {
            val device = DeskWithCamera(desk, scope, Here(4.8630, -74.0500))
            setContent {
                CampoTheme(Inter, dark = false) { CampoApp(phone, device, PhoneLanguage.SPANISH, Opened()) }
            }
            Day(Hand(this, pictures), desk, phone).goes()
        }
        phone.close()
        val timesheet = stand.get("/v1/entries?limit=100")
        for (kind in listOf("shift.start", "task.en_route", "task.arrive", "task.start", "form", "task.close", "break.start", "shift.end", "message")) {
            assertContains(timesheet, "\"$kind\"")
        }
        assertContains(stand.get("/v1/tasks/number:700123"), "\"closed\"")
    }

    private inner class Day(private val hand: Hand, private val desk: Desk, private val phone: CampoPhone) {
        fun goes() {
            enrols()
            clocksIn()
            worksOffline()
            comesBack()
            clocksOut()
        }

        private fun enrols() {
            hand.sees("Campo en este teléfono")
            hand.picture("01-enrolment")
            hand.type("Dirección del servidor", stand.url)
            hand.type("Código", stand.code())
            hand.tap("Inscribir teléfono")
            hand.sees("¿Quién trabaja?")
            hand.picture("02-who")
            hand.tap("Luz Marina Quiroga")
            hand.pin("4321")
            hand.sees("El PIN no es correcto")
            hand.picture("03-pin-wrong")
            hand.pin("1234")
        }

        private fun clocksIn() {
            hand.sees("Fuera de jornada")
            hand.sees("Distribuidora de Alimentos")
            hand.picture("04-home-before")
            hand.tap("Marcar entrada")
            hand.sees("En jornada desde")
            hand.sees("Entrada recibida, N.º")
            hand.picture("05-home")
            stand.message("E1", "Recuerde pedir la llave en portería.")
            runBlocking { phone.syncNow() }
            hand.tap("Pausa")
            hand.picture("06-which-break")
            hand.tap("Almuerzo")
            hand.sees("Terminar pausa")
            hand.picture("07-on-break")
            hand.tap("Terminar pausa")
            hand.tap("Tareas, 2")
            hand.sees("Supermercado La Colina")
            hand.picture("08-tasks")
        }

        private fun worksOffline() {
            hand.tap("Distribuidora de Alimentos y Bebidas El Porvenir de la Sabana")
            hand.tap("Aceptar tarea")
            hand.tap("Salir hacia el lugar")
            hand.sees("En camino desde")
            desk.goOnline(false, phone)
            hand.sees("Sin red. Todo queda guardado aquí.")
            hand.tap("Marcar llegada")
            hand.tap("Empezar")
            hand.sees("En curso desde")
            hand.sees("pide el formulario Acta de servicio")
            hand.picture("09-task")
            fillsTheReading()
            fillsTheAct()
            hand.sees("Terminar")
            hand.tap("Terminar")
            hand.sees("La tarea terminó")
            hand.picture("16-task-done")
        }

        private fun fillsTheReading() {
            hand.tap("Otros formularios")
            hand.tap("Lectura de equipos")
            hand.sees("Pregunta 1 de 8")
            hand.tap("Siguiente")
            hand.sees("Falta la respuesta")
            hand.tap("En orden")
            hand.picture("10-form-choice")
            hand.tap("Siguiente")
            hand.type("Temperatura del cuarto, °C", "−18,5")
            hand.tap("Siguiente")
            hand.tap("Agregar fila")
            hand.type("Equipo, Fila 1", "Evaporador 1")
            hand.type("Presión psi, Fila 1", "68")
            hand.type("Temp. °C, Fila 1", "−18,5")
            hand.tap("Agregar fila")
            hand.type("Equipo, Fila 2", "Evaporador 2")
            hand.type("Presión psi, Fila 2", "680")
            hand.sees("lo más que se acepta es 500")
            hand.picture("11-form-table")
            hand.type("Presión psi, Fila 2", "68")
            hand.tap("Siguiente")
            hand.tap("Tomar foto")
            hand.sees("Tomar otra")
            hand.picture("12-form-photo")
            hand.tap("Cerrar")
            hand.sees("Borrador, 4 de 8")
            hand.picture("13-task-draft")
        }

        private fun fillsTheAct() {
            hand.tap("Llenar Acta de servicio")
            hand.type("¿Qué se hizo?", "Se limpió el evaporador y se cambió el empaque.")
            hand.tap("Siguiente")
            hand.tap("Siguiente")
            hand.tap("Tomar foto")
            hand.sees("Tomar otra")
            hand.tap("Siguiente")
            hand.draw("Firme aquí con el dedo")
            hand.tap("Firmar")
            hand.sees("Firmar otra vez")
            hand.picture("14-form-signature")
            hand.tap("Revisar")
            hand.sees("3 de 4 respondidas")
            hand.picture("14-form-review")
            hand.tap("Entregar formulario")
            hand.sees("Guardado en este teléfono")
            hand.picture("15-receipt")
            hand.tap("Volver a la tarea")
        }

        private fun comesBack() {
            hand.tap("Atrás")
            hand.tap("Inicio")
            hand.sees("por enviar")
            hand.picture("17-home-offline")
            desk.goOnline(true, phone)
            val status = runBlocking { phone.syncNow() }
            assertEquals(null, status.trouble)
            hand.tap("Mensajes, 1")
            hand.sees("Recuerde pedir la llave")
            hand.type("Escriba a la oficina", "Listo, ya la tengo.")
            hand.tap("Enviar")
            hand.sees("Listo, ya la tengo.")
            hand.picture("18-messages")
            hand.tap("Mi tiempo")
            hand.sees("Almuerzo")
            hand.picture("19-my-time")
            hand.tap("Más")
            hand.picture("20-more")
            hand.tap("Diagnóstico")
            hand.sees("Último intercambio")
            hand.picture("21-diagnostics")
            hand.tap("Atrás")
            hand.tap("Envíos")
            hand.sees("Borradores (1)")
            hand.picture("22-trays")
            hand.tap("Atrás")
        }

        private fun clocksOut() {
            hand.tap("Inicio")
            hand.tap("Marcar salida")
            hand.sees("Fuera de jornada")
            runBlocking { while (phone.syncNow().let { it.unsentEntries + it.unsentFiles } > 0u) Unit }
            hand.tap("Cambiar de persona")
            hand.sees("¿Quién trabaja?")
        }
    }
}
