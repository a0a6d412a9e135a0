package campo.core

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeAll
import java.io.File
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** The wrapper over the real core, against a running server. */
class CampoPhoneTest {
    private val folder: File = Files.createTempDirectory("campo-wrapper").toFile()
    private val platform = FakePlatform()
    private val phone = runBlocking { CampoPhone.open(Configuration(folder.path, null), platform.asPlatform()) }

    @AfterEach
    fun close() {
        phone.close()
        folder.deleteRecursively()
    }

    private suspend fun works() {
        phone.enrol(stand.url, stand.code(), PhoneModel("test", "Kotlin", "1", "1"))
        phone.syncNow()
        val worker = phone.roster().first()
        phone.openSession("open", worker.id, "4826")
    }

    private fun circumstances(intent: String) = Circumstances(intent, null, null, null)

    @Test
    fun every_write_is_news_for_screens_also_without_network() = runBlocking {
        works()
        platform.there = false
        phone.networkChanged()
        val before = phone.revisions.value
        phone.capture(circumstances("in"), WorkerAction.ShiftStart)
        assertTrue(phone.revisions.value > before)
        withTimeout(10_000) { phone.sync.first { it.unsentEntries > 0u } }
        assertTrue(true in platform.wanted)
    }

    @Test
    fun a_coroutine_that_is_cancelled_while_it_captures_loses_nothing() = runBlocking {
        works()
        platform.there = false
        phone.networkChanged()
        val scope = CoroutineScope(Dispatchers.Default)
        for (number in 1..50) {
            val tap = scope.launch { phone.capture(circumstances("tap-$number"), WorkerAction.Message("m$number", null)) }
            if (number % 2 == 0) delay(1)
            tap.cancelAndJoin()
        }
        // Those that were handed over stand whole; tapping again makes no second entry of any
        for (number in 1..50) phone.capture(circumstances("tap-$number"), WorkerAction.Message("m$number", null))
        val messages = phone.messages().map { it.text }
        assertEquals((1..50).map { "m$it" }.toSet(), messages.toSet())
        assertEquals(50, messages.size)
    }

    @Test
    fun cancelling_a_sync_or_an_enrolment_leaves_the_phone_whole() = runBlocking {
        val scope = CoroutineScope(Dispatchers.Default)
        val code = stand.code()
        for (wait in listOf(0L, 1L, 5L, 20L)) {
            val enrolling = scope.async { runCatching { phone.enrol(stand.url, code, PhoneModel("t", "t", "1", "1")) } }
            delay(wait)
            enrolling.cancelAndJoin()
        }
        // Whoever waited or not: the phone is enrolled, and where it is not yet, the same code can be brought again
        runCatching { phone.enrol(stand.url, code, PhoneModel("t", "t", "1", "1")) }
        assertEquals("Andina Redes", phone.company())
        for (wait in listOf(0L, 1L, 5L)) {
            val syncing = scope.launch { phone.syncNow() }
            delay(wait)
            syncing.cancelAndJoin()
        }
        assertEquals(null, phone.syncNow().trouble)
        assertEquals(2, phone.roster().size)
    }

    @Test
    fun a_platform_that_throws_is_survived() = runBlocking {
        works()
        platform.throws = true
        phone.capture(circumstances("in"), WorkerAction.ShiftStart)
        platform.throws = false
        phone.capture(circumstances("out"), WorkerAction.ShiftEnd)
        withTimeout(20_000) { while (phone.syncNow().unsentEntries > 0u) delay(20) }
        assertEquals(ShiftState.OFF, phone.home(null)?.shift?.state)
    }

    @Test
    fun failures_come_as_what_a_person_can_act_on() = runBlocking {
        assertFailsWith<CampoException.Offline> { phone.enrol("http://127.0.0.1:1", "x", PhoneModel("t", "t", "1", "1")) }
        val failure = assertFailsWith<CampoException.Refused> { phone.capture(circumstances("a"), WorkerAction.ShiftStart) }
        assertEquals("no_session", failure.code)
        assertEquals(null, phone.home(null))
    }

    companion object {
        private lateinit var stand: Stand

        @BeforeAll
        @JvmStatic
        fun found() {
            stand = Stand.found()
        }

        @AfterAll
        @JvmStatic
        fun end() = stand.close()
    }
}
