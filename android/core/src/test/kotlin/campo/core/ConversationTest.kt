package campo.core

import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The conversations of `mobile-core/conversations`, through the wrapper, against a running server. */
class ConversationTest {
    @ParameterizedTest
    @ValueSource(strings = ["day", "taps", "pins"])
    fun the_wrapper_holds_the_conversation(name: String) {
        val text = checkNotNull(javaClass.getResource("/conversations/$name.json")).readText()
        val steps = Json.parseToJsonElement(text).jsonObject.getValue("steps").jsonArray.map { it.jsonObject }
        Stand.found().use { stand ->
            stand.task(
                """{"external_number":"700123","type":"code:MAINT","customer_name":"El Porvenir",
                   "assignments":[{"employee":"number:E1"}]}""",
            )
            Conversation(stand).use { conversation -> runBlocking { steps.forEach { conversation.play(it) } } }
        }
    }
}

/** One phone in a conversation with an office. */
private class Conversation(private val stand: Stand) : AutoCloseable {
    private val folder: File = Files.createTempDirectory("campo-conversation").toFile()
    private val platform = FakePlatform()
    private var phone = runBlocking { open() }
    private val entries = mutableMapOf<String, String>()
    private var answered: Int? = null

    suspend fun play(step: JsonObject) {
        var error: String? = null
        var entry: String? = null
        try {
            entry = act(step)
        } catch (failure: CampoException) {
            error = name(failure)
        }
        val expected = step["expect"]?.jsonObject ?: JsonObject(emptyMap())
        assertEquals(expected["error"]?.jsonPrimitive?.content, error, "$step")
        check(step, expected, entry)
        val intent = step["intent"]?.jsonPrimitive?.content
        if (intent != null && entry != null) entries[intent] = entry
    }

    private suspend fun act(step: JsonObject): String? {
        fun text(name: String) = step[name]?.jsonPrimitive?.content
        val intent = text("intent").orEmpty()
        when (text("do")) {
            "enrol" -> {
                val code = if (text("code") == "right") stand.code() else text("code").orEmpty()
                phone.enrol(stand.url, code, PhoneModel("test", "Kotlin", "1", "1"))
            }
            // One that was begun before the network came back may end first
            "sync" -> repeat(3) { if (phone.syncNow().unsentEntries > 0u && !platform.there) return null }
            "open_session" -> {
                val employee = phone.roster().first { it.number == text("employee") }
                phone.openSession(intent, employee.id, text("pin").orEmpty())
            }
            "close_session" -> phone.closeSession(intent)
            "network" -> {
                platform.there = step.getValue("there").jsonPrimitive.boolean
                phone.networkChanged()
            }
            "capture" -> return phone.capture(Circumstances(intent, null, null, null), action(step))
            "photo" -> {
                val file = File(folder, "photo.jpg").apply { writeText("a picture of $intent") }
                val held = phone.takeFile(file.path)
                val photo = MentionedPhoto(held.hash, held.sizeBytes, null, "image/jpeg")
                return phone.capture(Circumstances(intent, null, null, null), WorkerAction.Photo(photo, task(text("task"))))
            }
            "keep_form" -> {
                val answers = step.getValue("answers").jsonObject.map { (field, value) ->
                    Answer(field, value.jsonPrimitive.content, null, emptyList(), emptyList(), emptyList(), null)
                }
                val form = stand.forms.getValue(text("form").orEmpty())
                answered = phone.keepForm(form, task(text("task")), answers, emptyList())?.answered?.toInt()
            }
            "again" -> {
                phone.close()
                phone = open()
            }
            "pause" -> phone.pause()
            "resume" -> phone.resume()
            "look" -> Unit
            else -> error("no such step: $step")
        }
        return null
    }

    private suspend fun action(step: JsonObject): WorkerAction {
        fun text(name: String) = step[name]?.jsonPrimitive?.content
        return when (text("action")) {
            "shift_start" -> WorkerAction.ShiftStart
            "shift_end" -> WorkerAction.ShiftEnd
            "break_start" -> WorkerAction.BreakStart(text("kind"))
            "break_end" -> WorkerAction.BreakEnd
            "task" -> WorkerAction.Task(checkNotNull(task(text("task"))), TaskStep.valueOf(text("step").orEmpty()), null)
            "message" -> WorkerAction.Message(text("text").orEmpty(), task(text("task")))
            else -> error("no such action: $step")
        }
    }

    private suspend fun task(number: String?): String? =
        number?.let { phone.tasks(null).first { task -> task.number == it }.id }

    private suspend fun check(step: JsonObject, expected: JsonObject, entry: String?) {
        for ((what, value) in expected) {
            val said = "$what after $step"
            when (what) {
                "error" -> Unit
                "shift" -> assertEquals(value.jsonPrimitive.content, phone.home(null)?.shift?.state?.name?.lowercase(), said)
                "unsent" -> assertEquals(value.jsonPrimitive.int, phone.trays().count { it.tray == TrayKind.TO_SEND }, said)
                "same_entry_as" -> assertEquals(entries[value.jsonPrimitive.content], entry, said)
                "open_tasks" -> assertEquals(value.jsonPrimitive.int, phone.home(null)?.openTasks?.toInt(), said)
                "answered" -> assertEquals(value.jsonPrimitive.int, answered, said)
                "session" -> assertEquals(if (value is JsonNull) null else value.jsonPrimitive.content, phone.session()?.name, said)
                "at_office" -> {
                    val seen = stand.get("/v1/entries?limit=200")
                    for (kind in value.jsonArray) assertTrue("\"${kind.jsonPrimitive.content}\"" in seen, "$kind: $said")
                }
                else -> error("no such expectation: $what")
            }
        }
    }

    private fun name(failure: CampoException): String =
        when (failure) {
            is CampoException.Refused -> if (failure.code in listOf("pin_wrong", "no_session")) failure.code else "refused"
            is CampoException.Wait -> "wait"
            is CampoException.Offline -> "offline"
            is CampoException.NeedsLogin -> "needs_login"
            else -> failure.javaClass.simpleName.lowercase()
        }

    private suspend fun open() = CampoPhone.open(Configuration(folder.path, null), platform.asPlatform())

    override fun close() {
        phone.close()
        folder.deleteRecursively()
    }
}
