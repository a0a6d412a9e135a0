// `make phone`: the screens of the phone in a desktop window, over the real core.
package campo.desktop

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import campo.core.CampoPhone
import campo.core.Here
import campo.core.PhoneLanguage
import campo.ui.CampoApp
import campo.ui.Opened
import campo.ui.theme.CampoTheme
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.Locale

/** Inter, as the design has it. */
val Inter = FontFamily(
    Font("font/inter_regular.otf", FontWeight.Normal),
    Font("font/inter_medium.otf", FontWeight.Medium),
    Font("font/inter_semibold.otf", FontWeight.SemiBold),
)

private const val USAGE = """make phone ARGUMENTS="…", where all are optional:
  --link LINK        what the office's QR code says: https://server/e#code
  --folder FOLDER    where the phone keeps things; another folder is another phone
  --language es|en   the language until somebody works with the phone
  --place LAT,LON    where the phone is"""

/** What the command line says. */
data class Arguments(
    val link: String = "",
    val folder: File = File(System.getProperty("user.home"), ".campo-phone"),
    val language: PhoneLanguage = languageOf(Locale.getDefault().language),
    val place: Here? = null,
) {
    companion object {
        /** Reads a command line; none when it cannot be read. */
        fun read(words: List<String>): Arguments? {
            if (words.size % 2 != 0) return null
            return words.chunked(2).fold(Arguments() as Arguments?) { arguments, (name, value) ->
                when (name) {
                    "--link" -> arguments?.copy(link = value)
                    "--folder" -> arguments?.copy(folder = File(value))
                    "--language" -> arguments?.copy(language = languageOf(value))
                    "--place" -> value.split(',').mapNotNull(String::toDoubleOrNull).takeIf { it.size == 2 }?.let { (latitude, longitude) ->
                        arguments?.copy(place = Here(latitude, longitude))
                    }
                    else -> null
                }
            }
        }

        private fun languageOf(tag: String) = if (tag.startsWith("en")) PhoneLanguage.ENGLISH else PhoneLanguage.SPANISH
    }
}

fun main(words: Array<String>) {
    val arguments = Arguments.read(words.toList())
    if (arguments == null) {
        System.err.println(USAGE)
        kotlin.system.exitProcess(2)
    }
    val desk = Desk(arguments.folder)
    val scope = CoroutineScope(SupervisorJob())
    val phone = runBlocking { desk.open() }
    val device = DeskDevice(desk, scope, arguments.place)
    application {
        val state = rememberWindowState(width = 412.dp, height = 915.dp)
        var back: () -> Boolean by remember { mutableStateOf({ false }) }
        Window(
            onCloseRequest = {
                phone.close()
                exitApplication()
            },
            state = state,
            title = "Campo",
            onKeyEvent = { it.key == Key.Escape && it.type == KeyEventType.KeyUp && back() },
        ) {
            DeskPhone(desk, phone, device, arguments) { back = it }
        }
    }
}

/** The phone with the switches of the desk above it. */
@Composable
fun DeskPhone(
    desk: Desk,
    phone: CampoPhone,
    device: DeskDevice,
    arguments: Arguments,
    onBack: (() -> Boolean) -> Unit = {},
) {
    var dark by remember { mutableStateOf(false) }
    var scale by remember { mutableStateOf(1f) }
    CampoTheme(Inter, dark) {
        Column(Modifier.fillMaxSize()) {
            Switches(desk, phone, arguments.language, dark, scale, { dark = it }) { scale = it }
            val density = LocalDensity.current
            CompositionLocalProvider(LocalDensity provides Density(density.density, scale)) {
                Column(Modifier.weight(1f).fillMaxWidth()) {
                    CampoApp(phone, device, arguments.language, Opened.ofCode(arguments.link) ?: Opened(), onBack)
                }
            }
        }
    }
}

@Composable
private fun Switches(
    desk: Desk,
    phone: CampoPhone,
    language: PhoneLanguage,
    dark: Boolean,
    scale: Float,
    onDark: (Boolean) -> Unit,
    onScale: (Float) -> Unit,
) {
    val online by desk.online.collectAsState()
    fun say(spanish: String, english: String) = if (language == PhoneLanguage.SPANISH) spanish else english
    Row(
        Modifier.fillMaxWidth().background(Color(0xFF2B2E28)).padding(12.dp, 0.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterVertically,
    ) {
        Text(say("Red", "Network"), color = Color.White, fontSize = 14.sp)
        Switch(online, { desk.goOnline(it, phone) }, Modifier.semantics { contentDescription = say("Red del teléfono", "The phone's network") })
        TextButton({ onDark(!dark) }) { Text(if (dark) say("Claro", "Light") else say("Oscuro", "Dark"), color = Color.White, fontSize = 14.sp) }
        TextButton({ onScale(if (scale < 1.5f) 1.5f else if (scale < 2f) 2f else 1f) }) {
            Text(say("Texto", "Text") + " ${(scale * 100).toInt()} %", color = Color.White, fontSize = 14.sp)
        }
    }
}
