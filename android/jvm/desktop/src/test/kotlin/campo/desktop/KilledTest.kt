package campo.desktop

import campo.core.PhoneLanguage
import campo.core.Stand
import campo.ui.Spanish
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse

private const val HALF_WAY = "half-way"
private val texts = Spanish

/** A process that is killed in the middle: the worker takes the phone up again and goes on. */
class KilledTest {
    private val folder = Files.createTempDirectory("campo-killed").toFile()
    private val scope = CoroutineScope(SupervisorJob())

    @AfterEach
    fun end() {
        scope.cancel()
        folder.deleteRecursively()
    }

    @Test
    fun an_app_that_is_killed_in_the_middle_of_a_form_without_network_goes_on_where_it_was() = Stand.found().use { stand ->
        stand.sendsTasks()
        killedHalfWay(stand)
        assertFalse("\"shift.start\"" in stand.get("/v1/entries?limit=100"), "it was captured without network")
        val desk = Desk(folder)
        val phone = runBlocking { desk.open() }
        onScreens(desk, phone, scope, PhoneLanguage.SPANISH) { hand ->
            // Nobody is asked for a PIN again: the session is still Luz Marina's
            hand.sees(texts.onShiftSince)
            hand.tap(texts.goOnWithTask)
            hand.sees("En curso desde")
            hand.tap("Lectura de equipos")
            hand.sees(texts.question(2, 8))
            hand.tap(texts.allQuestions)
            hand.sees("En orden")
            hand.tap(texts.close)
            hand.tap(texts.back)
            hand.tap(texts.clockOut)
            hand.sees(texts.offShift)
            runBlocking { assertEquals(null, phone.syncNow().trouble) }
        }
        runBlocking { while (phone.syncNow().unsentEntries > 0u) Unit }
        phone.close()
        val seen = stand.get("/v1/entries?limit=100")
        for (kind in listOf("shift.start", "task.start", "shift.end")) assertContains(seen, "\"$kind\"")
    }

    /** The morning in a process of its own, up to the middle of a form; then kill -9. */
    private fun killedHalfWay(stand: Stand) {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val morning = ProcessBuilder(
            java, "-Djna.library.path=${System.getProperty("jna.library.path")}", "-cp", System.getProperty("java.class.path"),
            "campo.desktop.KilledTestKt", folder.path, stand.url, stand.code(),
        ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        try {
            val lines = morning.inputStream.bufferedReader().lineSequence()
            assertEquals(HALF_WAY, lines.firstOrNull { it == HALF_WAY }, "the morning came to its middle")
        } finally {
            morning.destroyForcibly().waitFor(60, TimeUnit.SECONDS)
        }
    }
}

/** The morning that [KilledTest] kills: folder, server and code of the phone. */
fun main(words: Array<String>) {
    val (folder, server, code) = words
    val desk = Desk(File(folder))
    val phone = runBlocking { desk.open() }
    onScreens(desk, phone, CoroutineScope(SupervisorJob()), PhoneLanguage.SPANISH) { hand ->
        hand.type(texts.server, server)
        hand.type(texts.code, code)
        hand.tap(texts.enrol)
        hand.tap("Luz Marina Quiroga")
        hand.pin("4826", texts.enter)
        hand.sees("Distribuidora de Alimentos")
        desk.goOnline(false, phone)
        hand.sees(texts.noNetwork)
        hand.tap(texts.clockIn)
        hand.sees(texts.onShiftSince)
        hand.tap(texts.openTask)
        for (step in listOf("Aceptar tarea", "Salir hacia el lugar", "Marcar llegada", "Empezar")) hand.tap(step)
        hand.sees("En curso desde")
        hand.tap(texts.otherForms)
        hand.tap("Lectura de equipos")
        hand.tap("En orden")
        hand.tap(texts.nextQuestion)
        hand.sees(texts.question(2, 8))
        println(HALF_WAY)
        // Until it is killed; or until whoever started it is gone
        System.`in`.read()
    }
}
