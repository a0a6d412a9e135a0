package campo.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.Stable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.vector.ImageVector
import campo.core.CampoException
import campo.core.Circumstances
import campo.core.Here
import campo.core.Phone
import campo.core.PhoneAccess
import campo.core.PositionMode
import campo.core.SyncStatus
import campo.core.SyncTrouble
import campo.core.WorkerAction
import campo.core.Worker
import campo.ui.theme.Icons
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch
import java.util.UUID

/** The five places of the menu. */
enum class Place { Home, Tasks, MyTime, Messages, More }

/** Where somebody is. A screen that opens takes its intent with it, so that a double tap makes one entry. */
sealed interface Spot {
    data class At(val place: Place) : Spot

    data class Task(val id: String) : Spot

    data class Form(val form: String, val task: String?) : Spot

    data class Receipt(val entry: String, val task: String?) : Spot

    data object Trays : Spot

    data object Forms : Spot

    data object Diagnostics : Spot

    data class Message(val task: String) : Spot

    /** As text, for the platform to keep over the death of the process. */
    fun saved(): String =
        when (this) {
            is At -> "at/$place"
            is Task -> "task/$id"
            is Form -> "form/$form/${task.orEmpty()}"
            is Receipt -> "receipt/$entry/${task.orEmpty()}"
            Trays -> "trays"
            Forms -> "forms"
            Diagnostics -> "diagnostics"
            is Message -> "message/$task"
        }

    companion object {
        fun of(saved: String): Spot? {
            val parts = saved.split('/')
            val first = parts.getOrNull(1).orEmpty()
            val second = parts.getOrNull(2)?.ifEmpty { null }
            return when (parts.first()) {
                "at" -> Place.entries.find { it.name == first }?.let(::At)
                "task" -> Task(first)
                "form" -> Form(first, second)
                "receipt" -> Receipt(first, second)
                "trays" -> Trays
                "forms" -> Forms
                "diagnostics" -> Diagnostics
                "message" -> Message(first)
                else -> null
            }
        }
    }
}

/** A new intent: names one tap. */
fun newIntent(): String = UUID.randomUUID().toString()

/** What every screen has at hand. */
@Stable
class Shell(
    val phone: Phone,
    val device: Device,
    private val scope: CoroutineScope,
    start: List<Spot>,
    private val onMoved: (List<Spot>) -> Unit,
) {
    var stack by mutableStateOf(start.ifEmpty { listOf(Spot.At(Place.Home)) })
        private set
    var texts: Texts by mutableStateOf(Spanish)
        internal set
    var worker: Worker? by mutableStateOf(null)
        internal set
    var openTasks by mutableStateOf(0)
        internal set
    var unread by mutableStateOf(0)
        internal set

    /** When positions are recorded: where they never are, the phone is not even asked. */
    var positionMode by mutableStateOf(PositionMode.AT_ENTRIES)
        internal set

    /** The quiet line on top: its text and icon. */
    var quiet: kotlin.Pair<String, ImageVector>? by mutableStateOf(null)
        internal set

    /** What went wrong at the last act, until the next one. */
    var fault: String? by mutableStateOf(null)

    /** True while an act is under way: its button does nothing meanwhile. */
    var busy by mutableStateOf(false)
        private set

    val spot: Spot
        get() = stack.last()

    fun goTo(place: Place) = move(if (place == Place.Home) listOf(Spot.At(Place.Home)) else listOf(Spot.At(Place.Home), Spot.At(place)))

    fun open(spot: Spot) = move(stack + spot)

    /** Takes the place of where somebody is, such as the receipt after its form. */
    fun replace(spot: Spot) = move(stack.dropLast(1) + spot)

    fun back(): Boolean {
        if (stack.size < 2) return false
        move(stack.dropLast(1))
        return true
    }

    fun backTo(spot: Spot) {
        val index = stack.indexOfLast { it == spot }
        move(if (index < 0) listOf(Spot.At(Place.Home), spot) else stack.take(index + 1))
    }

    private fun move(to: List<Spot>) {
        fault = null
        stack = to
        onMoved(to)
    }

    /** Does something; what goes wrong is said where the person looks. */
    fun act(work: suspend () -> Unit) {
        if (busy) return
        busy = true
        fault = null
        scope.launch {
            try {
                work()
            } catch (stopped: CancellationException) {
                throw stopped
            } catch (failure: CampoException) {
                fault = failure.said(texts)
            } finally {
                busy = false
            }
        }
    }

    /** Does something beside what the person does, such as keeping a draft. */
    fun quietly(work: suspend () -> Unit) {
        scope.launch {
            try {
                work()
            } catch (failure: CampoException) {
                fault = failure.said(texts)
            }
        }
    }

    /** Captures something for whoever works with the phone, where the phone is. */
    suspend fun capture(intent: String, action: WorkerAction, note: String? = null): String {
        val position = if (positionMode == PositionMode.NEVER) null else device.position()
        val circumstances = Circumstances(intent, worker?.session, position, note)
        return phone.capture(circumstances, action)
    }

    fun here(): Here? = device.lastKnown()
}

/** What went wrong, in words, with the way out. */
fun CampoException.said(texts: Texts): String =
    when (this) {
        is CampoException.Offline -> texts.noNetwork
        is CampoException.DiskFull -> texts.diskFull
        is CampoException.Corrupt, is CampoException.Paused, is CampoException.Internal -> texts.storeBroken
        is CampoException.UpgradeRequired -> texts.upgradeRequired
        is CampoException.NeedsLogin -> texts.needsLogin
        is CampoException.Wait -> texts.pinWait(seconds)
        is CampoException.Prohibited -> text
        is CampoException.TooFar -> texts.tooFar(metres(distanceM), metres(radiusM))
        is CampoException.Refused -> if (code == "pin_wrong") texts.pinWrong else texts.refusedBecause(code)
    }

private fun metres(metres: Double): String =
    if (metres < 950) "%.0f\u00a0m".format(metres) else "%.1f\u00a0km".format(metres / 1000)

/** What the quiet line says of the exchange with the server; none while all is well. */
internal fun quietLine(status: SyncStatus, online: Boolean, texts: Texts): kotlin.Pair<String, ImageVector>? =
    when {
        status.access == PhoneAccess.HAND_IN_ONLY -> texts.revoked to Icons.CircleAlert
        status.access == PhoneAccess.NEEDS_LOGIN || status.access == PhoneAccess.REFUSED ->
            texts.needsLogin to Icons.CircleAlert
        !online -> texts.noNetwork to Icons.CloudOff
        else -> when (val trouble = status.trouble) {
            null -> null
            is SyncTrouble.Offline -> texts.noNetwork to Icons.CloudOff
            is SyncTrouble.NotCampo -> texts.notCampo to Icons.CloudOff
            is SyncTrouble.ServerBusy -> texts.serverBusy to Icons.Hourglass
            is SyncTrouble.UpgradeRequired -> texts.upgradeRequired to Icons.CircleAlert
            is SyncTrouble.DiskFull -> texts.diskFull to Icons.CircleAlert
            is SyncTrouble.Store -> texts.storeBroken to Icons.CircleAlert
            is SyncTrouble.FileUnreadable -> texts.fileUnreadable to Icons.Image
            is SyncTrouble.Refused -> texts.refusedBecause(trouble.code) to Icons.CircleAlert
        }
    }

val LocalShell = staticCompositionLocalOf<Shell> { error("no shell") }

/**
 * What a screen shows, read again whenever something may have changed. None until it was read the first time; what was
 * read stays while it is read again, so that nothing flickers.
 */
@Composable
fun <T> shown(vararg keys: Any?, read: suspend Phone.() -> T): T? {
    val shell = LocalShell.current
    val revision by shell.phone.revisions.collectAsState()
    val minute by shell.device.minutes.collectAsState()
    var value by remember(*keys) { mutableStateOf<T?>(null) }
    LaunchedEffect(revision, minute, *keys) {
        try {
            value = shell.phone.read()
        } catch (failure: CampoException) {
            shell.fault = failure.said(shell.texts)
        }
    }
    return value
}
