package campo.core

import java.io.BufferedReader
import java.io.File
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.util.UUID
import java.util.concurrent.TimeUnit

/**
 * A company with a real server: `campo serve` on SQLite in a folder of its own, an office that sends tasks and reads what
 * came, and a code for a phone. The binary is the one beside the core's library.
 */
class Stand private constructor(private val folder: File, private val port: Int, private val language: String) : AutoCloseable {
    private var server: Process? = null
    private val client = HttpClient.newHttpClient()
    var token = ""
        private set
    val url = "http://127.0.0.1:$port"

    /** The ids of what the office made, by name. */
    lateinit var forms: Map<String, String>
        private set

    fun start() {
        // It ends with whoever started it, also with one that was killed
        val process = campo("serve", "--end-with-input").redirectErrorStream(true).start()
        server = process
        val output = process.inputStream.bufferedReader()
        val line = generateSequence { output.readLine() }.firstOrNull { it.startsWith("campo listening on ") }
        checkNotNull(line) { "campo serve did not start" }
        // What it writes later must not fill the pipe
        Thread { drain(output) }.apply { isDaemon = true }.start()
    }

    /** Nothing of the server runs any more when this returns. */
    fun kill() {
        server?.destroyForcibly()?.waitFor()
        server = null
    }

    override fun close() {
        kill()
        folder.deleteRecursively()
    }

    /** A one-time code for a phone with everybody on its roster. */
    fun code(): String {
        val roster = """{"name":"Teléfono 1","roster":{"employees":["number:E1","number:E2"]}}"""
        return text(post("/v1/enrolments", roster), "code")
    }

    fun message(employee: String, text: String) =
        post("/v1/messages", """{"employees":["number:$employee"],"text":${quoted(text)}}""")

    /** What the office answers to a GET, as JSON text. */
    fun get(path: String): String = call("GET", path, null)

    fun post(path: String, body: String): String = call("POST", path, body)

    fun put(path: String, body: String): String = call("PUT", path, body)

    private fun call(method: String, path: String, body: String?): String {
        val publisher = if (body == null) HttpRequest.BodyPublishers.noBody() else HttpRequest.BodyPublishers.ofString(body)
        val request = HttpRequest.newBuilder(URI(url + path)).method(method, publisher)
        if (body != null) request.header("content-type", "application/json")
        if (method == "POST") request.header("idempotency-key", UUID.randomUUID().toString())
        if (token.isNotEmpty()) request.header("authorization", "Bearer $token")
        val answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() in 200..299) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return answer.body()
    }

    private fun campo(vararg words: String): ProcessBuilder {
        val settings = File(folder, "campo.toml").apply { if (!exists()) writeText("") }
        val builder = ProcessBuilder(listOf(Core.binary.path) + words)
        builder.environment().keys.removeIf { it.startsWith("CAMPO_") }
        builder.environment() += mapOf(
            "CAMPO_CONFIG" to settings.path,
            "CAMPO_DATA_FOLDER" to File(folder, "server").path,
            "CAMPO_LISTEN" to "127.0.0.1:$port",
            "CAMPO_LOG_LEVEL" to "warn",
        )
        return builder
    }

    private fun found() {
        val made = campo(
            "account", "create", "--code", "andina", "--name", "Andina Redes", "--zone", "America/Bogota",
            "--language", language, "--administrator", "admin@andina.example",
        ).start()
        val password = made.inputStream.bufferedReader().readLines().getOrNull(1)
        check(made.waitFor(60, TimeUnit.SECONDS) && password != null) { made.errorStream.bufferedReader().readText() }
        start()
        token = text(post("/v1/session", """{"login":"admin@andina.example","password":"$password"}"""), "token")
        post("/v1/groups", """{"code":"G","name":"Bogotá"}""")
        post(
            "/v1/employee-profiles",
            """{"code":"T","name":"Técnico","break_kinds":[{"code":"LUNCH","name":"Almuerzo","planned_minutes":60},
               {"code":"SHORT","name":"Pausa corta","planned_minutes":15}]}""",
        )
        for ((number, first, last) in listOf(Triple("E1", "Luz Marina", "Quiroga"), Triple("E2", "Hernán", "Pardo"))) {
            post(
                "/v1/employees",
                """{"number":"$number","first_name":"$first","last_name":"$last","group":"code:G","profile":"code:T",
                   "language":"$language"}""",
            )
            put("/v1/employees/number:$number/pin", """{"pin":"4826"}""")
        }
        forms = listOf("READING", "SERVICE_ACT").associateWith { code ->
            text(post("/v1/forms", checkNotNull(Stand::class.java.getResource("/forms/$code.$language.json")).readText()), "id")
        }
        val work = if (language == "en") "Maintenance" else "Mantenimiento"
        val serial = if (language == "en") "Modem's serial number" else "Serial del módem"
        post(
            "/v1/task-types",
            """{"code":"MAINT","name":"$work","required_forms":["code:SERVICE_ACT"],
               "data_labels":[{"field":"data7","label":"$serial","order":1}]}""",
        )
    }

    /** Sends Luz Marina a task. */
    fun task(body: String): String = post("/v1/tasks", body)

    private fun drain(output: BufferedReader) {
        val kept = File(folder, "server.log").bufferedWriter()
        kept.use { writer -> runCatching { output.forEachLine { writer.appendLine(it) } } }
    }

    companion object {
        /** Founds the company, in Spanish or English, with a server that runs. */
        fun found(language: String = "es"): Stand {
            val folder = Files.createTempDirectory("campo-stand").toFile()
            val port = ServerSocket(0).use { it.localPort }
            val stand = Stand(folder, port, language)
            try {
                stand.found()
            } catch (failure: Throwable) {
                stand.close()
                throw failure
            }
            return stand
        }

        /** A member of JSON that is text; the office's answers are flat enough for this. */
        fun text(json: String, member: String): String =
            checkNotNull(Regex("\"$member\"\\s*:\\s*\"([^\"]*)\"").find(json)) { "no $member in $json" }.groupValues[1]

        private fun quoted(text: String) = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
    }
}

/** Where the core's library and the server's binary are. */
object Core {
    private val folder = File(checkNotNull(System.getProperty("jna.library.path")) { "run the tests by `make test-kotlin`" })
    val binary = File(folder, "campo").also { check(it.exists()) { "$it is missing: cargo build -p campo-server" } }
}

/** Founds the company for suites of other languages: writes what they need to a file, and ends with its input. */
fun main(words: Array<String>) {
    Stand.found().use { stand ->
        stand.task(
            """{"external_number":"700123","type":"code:MAINT","customer_name":"El Porvenir",
               "assignments":[{"employee":"number:E1"}]}""",
        )
        val forms = stand.forms.entries.joinToString(",") { (code, id) -> "\"$code\":\"$id\"" }
        val there = File(words.first())
        val draft = File("${there.path}.part")
        draft.writeText("""{"url":"${stand.url}","token":"${stand.token}","code":"${stand.code()}","forms":{$forms}}""")
        draft.renameTo(there)
        while (System.`in`.read() >= 0) Unit
    }
}
