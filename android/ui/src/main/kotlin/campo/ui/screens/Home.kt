package campo.ui.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import campo.core.HomePage
import campo.core.PositionMode
import campo.core.ShiftState
import campo.core.TaskRow
import campo.core.WorkerAction
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.Spot
import campo.ui.newIntent
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Card
import campo.ui.parts.Choosing
import campo.ui.parts.Fact
import campo.ui.parts.FaultLine
import campo.ui.parts.IconTarget
import campo.ui.parts.NavBar
import campo.ui.parts.Opposite
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.SideBySide
import campo.ui.parts.StateLine
import campo.ui.parts.TaskState
import campo.ui.parts.TopBar
import campo.ui.parts.isLargeText
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** The first screen: the shift, the next task, what is not sent, what needs repair. */
@Composable
fun HomeScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val home = shown { home(shell.here()) }
    Screen(
        top = {
            TopBar(home?.worker ?: shell.worker?.name.orEmpty(), home?.company.orEmpty()) {
                val intent = remember(shell.worker?.session) { newIntent() }
                IconTarget(Icons.Users, texts.changePerson) { shell.act { shell.phone.closeSession(intent) } }
            }
        },
        foot = { NavBar(Place.Home) },
    ) {
        if (home == null) return@Screen
        shell.fault?.let { FaultLine(it) }
        if (home.mayPunch) ShiftCard(home)
        NextTask(home)
        val outbox: (@Composable () -> Unit)? = home.unsent.ifEmpty { null }?.let {
            {
                RowItem(home.unsent, detail = home.unsentOldest, icon = Icons.CloudUpload, strong = true) {
                    shell.open(Spot.Trays)
                }
            }
        }
        val repair: (@Composable () -> Unit)? = home.repair.ifEmpty { null }?.let {
            {
                RowItem(
                    home.repair,
                    detail = home.repairDetail,
                    icon = Icons.Wrench,
                    color = Campo.colors.refused.ink,
                    strong = true,
                ) { shell.open(Spot.Trays) }
            }
        }
        val rows = listOfNotNull(outbox, repair)
        if (rows.isNotEmpty()) Rows(rows)
    }
}

@Composable
private fun ShiftCard(home: HomePage) {
    when (home.shift.state) {
        ShiftState.OFF -> OffShift(home)
        ShiftState.WORKING, ShiftState.ON_BREAK -> OnShift(home)
    }
}

@Composable
private fun OffShift(home: HomePage) {
    val shell = LocalShell.current
    val texts = shell.texts
    val intent = remember(home.shift) { newIntent() }
    Card {
        Column {
            Text(texts.offShift, color = Campo.colors.ink2, style = Campo.type.second)
            Text(texts.clockInHint, color = Campo.colors.ink, style = Campo.type.key)
        }
        CampoButton(texts.clockIn, look = ButtonLook.Filled, icon = Icons.LogIn, big = true, enabled = !shell.busy) {
            shell.act { shell.capture(intent, WorkerAction.ShiftStart) }
        }
        when (home.position) {
            PositionMode.NEVER -> Fact(texts.positionNever, Icons.LocateOff)
            PositionMode.AT_ENTRIES -> Fact(texts.positionAtEntries, Icons.LocateOff)
            PositionMode.DURING_SHIFT -> Fact(texts.positionOff, Icons.LocateOff)
        }
    }
}

@Composable
private fun OnShift(home: HomePage) {
    val texts = LocalShell.current.texts
    val shift = home.shift
    val onBreak = shift.state == ShiftState.ON_BREAK
    // Asked here, so that a question that is open stays open when the text grows and the card is laid out anew
    var choosing by rememberSaveable { mutableStateOf(false) }
    val ask = { choosing = true }
    if (choosing) WhichBreak(home) { choosing = false }
    Card {
        val since = @Composable {
            Column {
                val label = if (onBreak) texts.onBreakSince(shift.breakName) else texts.onShiftSince
                Text(label, color = Campo.colors.ink2, style = Campo.type.second)
                Text(if (onBreak) shift.breakSince else shift.since, color = Campo.colors.ink, style = Campo.type.clock)
            }
        }
        val worked = @Composable { Text(shift.worked, color = Campo.colors.ink, style = Campo.type.key) }
        if (isLargeText) {
            since()
            worked()
            ShiftButtons(home, ask)
            ShiftFacts(home)
        } else {
            Row(Modifier.fillMaxWidth(), Arrangement.SpaceBetween) {
                since()
                worked()
            }
            ShiftFacts(home)
            ShiftButtons(home, ask)
        }
    }
}

@Composable
private fun ShiftFacts(home: HomePage) {
    val texts = LocalShell.current.texts
    val shift = home.shift
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) {
        if (shift.received) {
            Fact(shift.receipt, Icons.CheckCheck)
        } else {
            Fact(shift.receipt, Icons.Check, Campo.colors.notYet.ink)
        }
        when (home.position) {
            PositionMode.NEVER -> Fact(texts.positionNever, Icons.LocateOff)
            PositionMode.AT_ENTRIES -> Fact(texts.positionAtEntries, Icons.Locate, Campo.colors.onPhone.ink)
            PositionMode.DURING_SHIFT -> Fact(texts.positionOn, Icons.Locate, Campo.colors.onPhone.ink)
        }
    }
}

@Composable
private fun ShiftButtons(home: HomePage, askWhichBreak: () -> Unit) {
    val shell = LocalShell.current
    val texts = shell.texts
    val intent = remember(home.shift.punch) { newIntent() }
    val out = @Composable { modifier: Modifier ->
        CampoButton(texts.clockOut, modifier, ButtonLook.Outlined, Icons.LogOut, enabled = !shell.busy) {
            shell.act { shell.capture(intent, WorkerAction.ShiftEnd) }
        }
    }
    if (home.shift.state == ShiftState.ON_BREAK) {
        CampoButton(texts.endPause, look = ButtonLook.Filled, icon = Icons.Play, enabled = !shell.busy) {
            shell.act { shell.capture(intent, WorkerAction.BreakEnd) }
        }
        out(Modifier)
        return
    }
    if (!home.mayBreak) {
        out(Modifier)
        return
    }
    SideBySide(
        first = { modifier ->
            CampoButton(texts.pause, modifier, icon = Icons.Coffee, enabled = !shell.busy) {
                if (home.breaks.size > 1) {
                    askWhichBreak()
                } else {
                    shell.act { shell.capture(intent, WorkerAction.BreakStart(home.breaks.firstOrNull()?.code)) }
                }
            }
        },
        second = out,
    )
}

@Composable
private fun WhichBreak(home: HomePage, onDone: () -> Unit) {
    val shell = LocalShell.current
    val intent = remember(home.shift.punch) { newIntent() }
    Choosing(
        shell.texts.whichBreak,
        home.breaks.map { Triple(it.code, it.name, it.planned) },
        onGiveUp = onDone,
    ) { code ->
        onDone()
        shell.act { shell.capture(intent, WorkerAction.BreakStart(code)) }
    }
}

@Composable
private fun NextTask(home: HomePage) {
    val shell = LocalShell.current
    val texts = shell.texts
    val task = home.task
    if (task == null) {
        Card(spacing = 4.dp) {
            Text(texts.noTasks, color = Campo.colors.ink, style = Campo.type.strong)
            Text(texts.noTasksHint, color = Campo.colors.ink2, style = Campo.type.second)
        }
        return
    }
    Card {
        Opposite(
            first = { modifier ->
                when {
                    home.atWork || task.late.isNotEmpty() -> TaskState(task, modifier)
                    else -> StateLine(
                        if (task.window.isEmpty()) texts.next else texts.nextAt(task.window),
                        Icons.ClipboardList,
                        Campo.colors.onPhone.ink,
                        modifier,
                    )
                }
            },
            second = { Text(task.number, color = Campo.colors.ink2, style = Campo.type.second) },
        )
        Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
            Text(task.title, color = Campo.colors.ink, style = Campo.type.key)
            val second = secondLine(task, texts.formsMissing)
            if (second.isNotEmpty()) Text(second, color = Campo.colors.ink2, style = Campo.type.second)
        }
        if (home.atWork) {
            CampoButton(texts.goOnWithTask, look = ButtonLook.Filled, iconAtEnd = Icons.ArrowRight) {
                shell.open(Spot.Task(task.id))
            }
        } else {
            val look = if (home.shift.state == ShiftState.OFF && home.mayPunch) ButtonLook.Plain else ButtonLook.Filled
            CampoButton(texts.openTask, look = look, iconAtEnd = Icons.ArrowRight) { shell.open(Spot.Task(task.id)) }
        }
    }
}

/** `Cuarto frío 2 · a 6,4 km · falta 1 formulario` */
internal fun secondLine(task: TaskRow, formsMissing: (Int) -> String): String {
    val forms = task.formsMissing.toInt()
    val parts = listOf(task.detail, task.distance, if (forms > 0) formsMissing(forms) else "")
    return parts.filter { it.isNotEmpty() }.joinToString(" · ")
}
