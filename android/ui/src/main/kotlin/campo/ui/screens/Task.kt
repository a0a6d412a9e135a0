package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.FormOfTask
import campo.core.FormProgress
import campo.core.MentionedPhoto
import campo.core.Station
import campo.core.StepOffer
import campo.core.TaskPage
import campo.core.TaskStep
import campo.core.WorkerAction
import campo.ui.LocalShell
import campo.ui.Shell
import campo.ui.Spot
import campo.ui.newIntent
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Choosing
import campo.ui.parts.Empty
import campo.ui.parts.Fact
import campo.ui.parts.FaultLine
import campo.ui.parts.Foot
import campo.ui.parts.IconTarget
import campo.ui.parts.Opposite
import campo.ui.parts.Reason
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.Section
import campo.ui.parts.StateLine
import campo.ui.parts.TaskState
import campo.ui.parts.TopBar
import campo.ui.parts.isLargeText
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** A task: the account's words, the way that it goes, the forms that are due, and its next act at the thumb. */
@Composable
fun TaskScreen(id: String) {
    val shell = LocalShell.current
    val texts = shell.texts
    var loaded by remember(id) { mutableStateOf(false) }
    val task = shown(id) { task(id, shell.here()).also { loaded = true } }
    var more by remember { mutableStateOf(false) }
    var reasonFor by remember { mutableStateOf<StepOffer?>(null) }
    val row = task?.row
    Screen(
        top = {
            TopBar(texts.task(row?.number.orEmpty()), back = { shell.back() }, backName = texts.back) {
                if ((task?.steps?.size ?: 0) > 1) IconTarget(Icons.EllipsisVertical, texts.otherSteps) { more = true }
            }
        },
        foot = { if (task != null) NextStep(task) { reasonFor = it } },
    ) {
        if (task == null || row == null) {
            if (loaded) Empty(texts.taskGone)
            return@Screen
        }
        Head(task)
        if (task.stations.isNotEmpty()) Way(task.stations)
        Reaching(task)
        Forms(task)
        Papers(task)
    }
    if (more && task != null) {
        Choosing(
            texts.otherSteps,
            task.steps.mapIndexed { index, step -> Triple("$index", step.label, step.blocked) },
            onGiveUp = { more = false },
        ) { index ->
            more = false
            val offer = task.steps[index.toInt()]
            if (offer.needsReason) reasonFor = offer else shell.go(task, offer)
        }
    }
    reasonFor?.let { offer ->
        Reason(offer.label, onGiveUp = { reasonFor = null }) { reason ->
            reasonFor = null
            if (task != null) shell.go(task, offer, reason)
        }
    }
}

/** Goes a step; where a form stands in the way, opens it, and where a photo does, takes it first. */
private fun Shell.go(task: TaskPage, offer: StepOffer, reason: String? = null) {
    val form = offer.form
    if (form != null) {
        open(Spot.Form(form, task.row.id))
        return
    }
    val intent = newIntent()
    act {
        if (offer.photo && !photograph(task, newIntent())) return@act
        capture(intent, WorkerAction.Task(task.row.id, offer.step, reason))
    }
}

/** Takes a photo of the task; false where the person gave up. */
private suspend fun Shell.photograph(task: TaskPage, intent: String): Boolean {
    val file = device.takePhoto() ?: return false
    val held = phone.takeFile(file.path)
    capture(intent, WorkerAction.Photo(MentionedPhoto(held.hash, held.sizeBytes, null, "image/jpeg"), task.row.id))
    return true
}

@Composable
private fun Head(task: TaskPage) {
    val row = task.row
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Opposite(
            first = { TaskState(row, it) },
            second = if (row.window.isEmpty()) null else ({ Text(row.window, color = Campo.colors.ink2, style = Campo.type.second) }),
        )
        Text(row.title, Modifier.semantics { heading() }, Campo.colors.ink, style = Campo.type.key)
        val detail = listOf(row.detail, row.typeName).filter { it.isNotEmpty() && it != row.title }.distinct()
        if (detail.isNotEmpty()) Text(detail.joinToString(". "), color = Campo.colors.ink2, style = Campo.type.body)
        if (row.unsent) StateLine(LocalShell.current.texts.notEverything, Icons.Check, Campo.colors.notYet.ink)
    }
}

/** The way of a task: what was reached when, where it stands, what comes. */
@Composable
private fun Way(stations: List<Station>) {
    val texts = LocalShell.current.texts
    if (isLargeText) {
        Column(Modifier.semantics { contentDescription = texts.steps }, Arrangement.spacedBy(8.dp)) {
            for (station in stations) {
                Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
                    Dot(station)
                    Text(listOf(station.label, station.time).joinToString(" "), color = Campo.colors.ink, style = Campo.type.second)
                }
            }
        }
        return
    }
    Row(Modifier.fillMaxWidth().semantics { contentDescription = texts.steps }) {
        stations.forEachIndexed { index, station ->
            Column(
                Modifier.weight(1f).semantics(mergeDescendants = true) {},
                horizontalAlignment = Alignment.CenterHorizontally,
            ) {
                Box(Modifier.fillMaxWidth(), Alignment.Center) {
                    Row(Modifier.fillMaxWidth().height(2.dp)) {
                        Line(index > 0, Modifier.weight(1f))
                        Line(index < stations.lastIndex, Modifier.weight(1f))
                    }
                    Dot(station)
                }
                Text(
                    station.label,
                    Modifier.padding(top = 4.dp),
                    Campo.colors.ink,
                    style = if (station.current) Campo.type.secondStrong else Campo.type.second,
                    textAlign = TextAlign.Center,
                )
                if (station.time.isNotEmpty()) Text(station.time, color = Campo.colors.ink2, style = Campo.type.second)
            }
        }
    }
}

@Composable
private fun Line(there: Boolean, modifier: Modifier) =
    Box(modifier.height(2.dp).then(if (there) Modifier.background(Campo.colors.lineControl) else Modifier))

@Composable
private fun Dot(station: Station) {
    val colors = Campo.colors
    val ground = when {
        station.current -> colors.actPhone
        station.reached -> colors.sunken
        else -> colors.surface
    }
    Box(
        Modifier
            .size(28.dp)
            .clip(CircleShape)
            .background(ground)
            .border(2.dp, if (station.current) colors.actPhone else colors.lineControl, CircleShape),
        Alignment.Center,
    ) {
        if (station.current) {
            androidx.compose.material3.Icon(Icons.Play, null, Modifier.size(14.dp), colors.onActPhone)
        } else if (station.reached) {
            androidx.compose.material3.Icon(Icons.Check, null, Modifier.size(16.dp), colors.ink2)
        }
    }
}

@Composable
private fun Reaching(task: TaskPage) {
    val shell = LocalShell.current
    val texts = shell.texts
    val row = task.row
    val rows = mutableListOf<@Composable () -> Unit>()
    val place = row.place
    val where = listOf(row.address.ifEmpty { task.site }, row.distance).filter { it.isNotEmpty() }.joinToString(" · ")
    if (place != null) {
        rows.add {
            RowItem(texts.howToGetThere, detail = where, icon = Icons.Navigation) { shell.device.openMap(place, row.title) }
        }
    } else if (where.isNotEmpty()) {
        rows.add { RowItem(where, icon = Icons.MapPin) }
    }
    for (number in task.phones) {
        rows.add { RowItem(texts.call(task.contact), detail = number, icon = Icons.Phone) { shell.device.call(number) } }
    }
    if (rows.isNotEmpty()) Rows(rows)
    if (task.notes.isNotEmpty()) Fact(task.notes, Icons.Info)
}

@Composable
private fun Forms(task: TaskPage) {
    val shell = LocalShell.current
    val texts = shell.texts
    val (due, others) = task.forms.partition { it.required || it.progress != FormProgress.NEW }
    if (due.isNotEmpty()) {
        Section(texts.forms)
        Rows(due.map { form -> { FormRow(form, task.row.id) } })
    }
    var open by remember { mutableStateOf(false) }
    val rows = mutableListOf<@Composable () -> Unit>()
    if (others.isNotEmpty()) rows.add { RowItem(texts.otherForms, icon = Icons.FileText) { open = true } }
    val photoIntent = remember(task.photos) { newIntent() }
    if (task.mayPhotograph) rows.add {
        val photos = task.photos.toInt()
        RowItem(
            if (photos == 0) texts.takePhoto else texts.photos(photos),
            detail = task.photosText,
            icon = Icons.Camera,
            end = if (photos > 0) ({ Text(texts.takeAnother, color = Campo.colors.ink, style = Campo.type.secondStrong) }) else null,
        ) {
            shell.act { shell.photograph(task, photoIntent) }
        }
    }
    if (task.mayWrite) rows.add { RowItem(texts.writeAboutTask, icon = Icons.MessageSquare) { shell.open(Spot.Message(task.row.id)) } }
    if (rows.isNotEmpty()) Rows(rows)
    if (open) {
        Choosing(texts.otherForms, others.map { Triple(it.form, it.name, it.text) }, onGiveUp = { open = false }) { form ->
            open = false
            shell.open(Spot.Form(form, task.row.id))
        }
    }
}

@Composable
internal fun FormRow(form: FormOfTask, task: String?) {
    val shell = LocalShell.current
    val texts = shell.texts
    RowItem(
        form.name,
        detail = form.text,
        icon = if (form.progress == FormProgress.NEW) Icons.FilePen else Icons.ClipboardList,
        end = {
            when {
                form.progress == FormProgress.DRAFT -> {
                    Text(texts.goOn, color = Campo.colors.ink, style = Campo.type.secondStrong)
                    CampoIcon(Icons.ChevronRight, 22)
                }
                form.progress == FormProgress.FILLED -> CampoIcon(Icons.Check, 22, Campo.colors.ink2)
                form.required -> StateLine(texts.missing, Icons.CircleAlert, Campo.colors.late.ink)
                else -> CampoIcon(Icons.ChevronRight, 22)
            }
        },
    ) { shell.open(Spot.Form(form.form, task)) }
}

@Composable
private fun Papers(task: TaskPage) {
    val texts = LocalShell.current.texts
    if (task.data.isNotEmpty()) {
        Section(texts.data)
        Rows(task.data.map { line -> { RowItem(line.value, detail = line.label) } })
    }
    if (task.files.isNotEmpty()) {
        Rows(
            listOf {
                RowItem(
                    texts.officeFiles(task.files.size),
                    detail = task.files.joinToString(", ") { it.name },
                    icon = Icons.Paperclip,
                )
            },
        )
    }
}

/** The next act, and what stands in its way. */
@Composable
private fun NextStep(task: TaskPage, askReason: (StepOffer) -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val next = task.steps.firstOrNull { it.next }
    val fault = shell.fault
    if (next == null) {
        Foot { Fact(texts.waitsForOffice, Icons.Info) }
        return
    }
    val due = task.forms.firstOrNull { it.form == next.form }
    Foot {
        if (fault != null) FaultLine(fault)
        if (next.blocked.isNotEmpty()) Fact(next.blocked, Icons.Lock)
        if (due != null) {
            CampoButton(texts.fill(due.name), look = ButtonLook.Filled, icon = Icons.FilePen) { shell.go(task, next) }
        } else {
            val icon = if (next.photo) Icons.Camera else next.step.icon
            CampoButton(next.label, look = ButtonLook.Filled, icon = icon, enabled = !shell.busy) {
                if (next.needsReason) askReason(next) else shell.go(task, next)
            }
        }
    }
}

private val TaskStep.icon
    get() = when (this) {
        TaskStep.ACKNOWLEDGE -> Icons.ThumbsUp
        TaskStep.EN_ROUTE -> Icons.Truck
        TaskStep.ARRIVE -> Icons.MapPin
        TaskStep.START -> Icons.Play
        TaskStep.CLOSE -> Icons.Check
        else -> Icons.ArrowRight
    }
