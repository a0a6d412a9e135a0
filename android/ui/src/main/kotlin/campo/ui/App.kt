package campo.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import campo.core.CampoException
import campo.core.Phone
import campo.core.PhoneAccess
import campo.core.PhoneLanguage
import campo.core.PositionMode
import campo.core.Worker
import campo.ui.screens.DiagnosticsScreen
import campo.ui.screens.EnrolScreen
import campo.ui.screens.FormScreen
import campo.ui.screens.FormsScreen
import campo.ui.screens.HomeScreen
import campo.ui.screens.MessagesScreen
import campo.ui.screens.MoreScreen
import campo.ui.screens.MyTimeScreen
import campo.ui.screens.ReceiptScreen
import campo.ui.screens.TaskScreen
import campo.ui.screens.TasksScreen
import campo.ui.screens.TraysScreen
import campo.ui.screens.WhoScreen
import campo.ui.theme.Campo

/** What the app knows before it shows anything. */
private data class Start(val company: String?, val worker: Worker?, val language: PhoneLanguage)

/**
 * The app. `onBack` is handed the function that the platform's back gesture calls; it says whether there was a way back.
 * `opened` is what a link or a notification opens; it is taken once.
 */
@Composable
fun CampoApp(
    phone: Phone,
    device: Device,
    firstLanguage: PhoneLanguage,
    opened: Opened = Opened(),
    onBack: (back: () -> Boolean) -> Unit = {},
) {
    val scope = rememberCoroutineScope()
    var saved by rememberSaveable { mutableStateOf("") }
    val shell = remember(phone) {
        val stack = saved.split('\n').mapNotNull(Spot::of)
        Shell(phone, device, scope, stack) { moved -> saved = moved.joinToString("\n") { it.saved() } }
            .also { it.texts = Texts.of(firstLanguage) }
    }
    val revision by phone.revisions.collectAsState()
    val status by phone.sync.collectAsState()
    val online by device.online.collectAsState()
    var start by remember { mutableStateOf<Start?>(null) }
    LaunchedEffect(revision) {
        try {
            val company = phone.company()
            val worker = phone.session()
            val language = if (company == null) firstLanguage else phone.language()
            shell.texts = Texts.of(language)
            if (shell.worker?.id != worker?.id && shell.worker != null) shell.goTo(Place.Home)
            shell.worker = worker
            start = Start(company, worker, language)
            val home = if (worker == null) null else phone.home(null)
            shell.openTasks = home?.openTasks?.toInt() ?: 0
            shell.unread = home?.unread?.toInt() ?: 0
            shell.positionMode = home?.position ?: PositionMode.AT_ENTRIES
        } catch (failure: CampoException) {
            shell.fault = failure.said(shell.texts)
        }
    }
    SideEffect { shell.quiet = if (start?.company == null) null else quietLine(status, online, shell.texts) }
    LaunchedEffect(shell) { onBack(shell::back) }
    LaunchedEffect(opened.task, start?.worker) {
        if (opened.task != null && start?.worker != null) shell.open(Spot.Task(opened.task))
    }
    CompositionLocalProvider(LocalShell provides shell) {
        Box(Modifier.fillMaxSize().background(Campo.colors.canvas)) {
            when {
                start == null -> Unit
                start?.company == null || status.access == PhoneAccess.STOLEN -> EnrolScreen(opened)
                start?.worker == null -> WhoScreen(start?.company.orEmpty())
                else -> Shown(shell.spot)
            }
        }
    }
}

/** What a link or a notification opens. */
data class Opened(val server: String = "", val code: String = "", val task: String? = null) {
    companion object {
        /** What `{public_url}/e#{code}` says, as the office's QR code has it; none for other texts. */
        fun ofCode(text: String): Opened? {
            val (server, code) = text.trim().split("/e#", limit = 2).takeIf { it.size == 2 } ?: return null
            val isAddress = server.startsWith("https://") || server.startsWith("http://")
            return if (isAddress && code.isNotBlank()) Opened(server, code) else null
        }
    }
}

@Composable
private fun Shown(spot: Spot) {
    when (spot) {
        is Spot.At -> when (spot.place) {
            Place.Home -> HomeScreen()
            Place.Tasks -> TasksScreen()
            Place.MyTime -> MyTimeScreen()
            Place.Messages -> MessagesScreen(null)
            Place.More -> MoreScreen()
        }
        is Spot.Task -> TaskScreen(spot.id)
        is Spot.Form -> FormScreen(spot.form, spot.task)
        is Spot.Receipt -> ReceiptScreen(spot.entry, spot.task)
        Spot.Trays -> TraysScreen()
        Spot.Forms -> FormsScreen()
        Spot.Diagnostics -> DiagnosticsScreen()
        is Spot.Message -> MessagesScreen(spot.task)
    }
}
