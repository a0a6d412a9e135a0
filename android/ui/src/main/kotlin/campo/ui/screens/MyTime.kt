package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import campo.core.Agreement
import campo.core.DayBar
import campo.core.PunchLine
import campo.core.TimePage
import campo.core.WorkerAction
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.Spot
import campo.ui.newIntent
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Card
import campo.ui.parts.FaultLine
import campo.ui.parts.Field
import campo.ui.parts.IconTarget
import campo.ui.parts.NavBar
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.Section
import campo.ui.parts.Sheet
import campo.ui.parts.SideBySide
import campo.ui.parts.StateLine
import campo.ui.parts.Target
import campo.ui.parts.TopBar
import campo.ui.parts.isLargeText
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** One's own time: a week, what the office asks about, and the punches of a day with their receipts. */
@Composable
fun MyTimeScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    var weeksAgo by rememberSaveable { mutableIntStateOf(0) }
    var day by rememberSaveable { mutableStateOf<Int?>(null) }
    val page = shown(weeksAgo, day) { myTime(weeksAgo, day) }
    var correcting by remember { mutableStateOf(false) }
    Screen(
        top = {
            TopBar(texts.myTime, page?.week.orEmpty()) {
                if (page?.hasEarlier == true) {
                    IconTarget(Icons.ChevronLeft, texts.earlierWeek) {
                        weeksAgo += 1
                        day = null
                    }
                }
                if (weeksAgo > 0) {
                    IconTarget(Icons.ChevronRight, texts.laterWeek) {
                        weeksAgo -= 1
                        day = null
                    }
                }
            }
        },
        foot = { NavBar(Place.MyTime) },
    ) {
        if (page == null) return@Screen
        shell.fault?.let { FaultLine(it) }
        Week(page, day) { day = it }
        for (asked in page.agreements) Asked(asked)
        Section(page.day)
        if (page.lines.isEmpty()) {
            Text(texts.noPunches, color = Campo.colors.ink2, style = Campo.type.body)
        } else {
            Rows(page.lines.map { line -> { Punch(line) } })
            CampoButton(texts.askCorrection, icon = Icons.Pencil) { correcting = true }
        }
    }
    if (correcting && page != null) {
        Correcting(page, onGiveUp = { correcting = false }) { punch, atUs, reason ->
            correcting = false
            val intent = newIntent()
            shell.act { shell.capture(intent, WorkerAction.Correction(punch, atUs, reason)) }
        }
    }
}

@Composable
private fun Week(page: TimePage, chosen: Int?, onChosen: (Int) -> Unit) {
    val texts = LocalShell.current.texts
    Card {
        val label = @Composable { Text(texts.workedThisWeek, color = Campo.colors.ink2, style = Campo.type.second) }
        val total = @Composable { Text(page.total, color = Campo.colors.ink, style = Campo.type.key) }
        if (isLargeText) {
            label()
            total()
            for ((index, bar) in page.days.withIndex()) {
                RowItem(bar.name, detail = bar.worked, strong = bar.today) { onChosen(index) }
            }
            return@Card
        }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Box(Modifier.weight(1f)) { label() }
            total()
        }
        val most = page.days.maxOf { it.minutes }.coerceAtLeast(1)
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(4.dp), Alignment.Bottom) {
            page.days.forEachIndexed { index, bar -> Bar(bar, most, index == chosen, Modifier.weight(1f)) { onChosen(index) } }
        }
    }
}

@Composable
private fun Bar(bar: DayBar, most: Long, chosen: Boolean, modifier: Modifier, onClick: () -> Unit) {
    val colors = Campo.colors
    val ink = if (bar.today || chosen) colors.ink else colors.ink2
    val style = if (bar.today || chosen) Campo.type.secondStrong else Campo.type.second
    val height = if (bar.minutes == 0L) 3.dp else (8 + 40 * bar.minutes / most).toInt().dp
    Column(
        modifier
            .clip(RoundedCornerShape(10.dp))
            .background(if (chosen) colors.accentTint else colors.surface)
            .clickable(role = Role.Tab, onClick = onClick)
            .semantics(mergeDescendants = true) {
                contentDescription = "${bar.name}, ${bar.worked.ifEmpty { "0:00" }}"
                selected = chosen
            }
            .heightIn(104.dp)
            .padding(vertical = 4.dp),
        Arrangement.spacedBy(4.dp, Alignment.Bottom),
        Alignment.CenterHorizontally,
    ) {
        Text(bar.worked, color = ink, style = style, maxLines = 1)
        Box(
            Modifier
                .width(32.dp)
                .height(height)
                .clip(RoundedCornerShape(4.dp, 4.dp, 2.dp, 2.dp))
                .background(if (bar.minutes == 0L) colors.lineControl else if (bar.today) colors.actPhone else colors.done.ink),
        )
        Text(bar.weekday, color = ink, style = style, maxLines = 1)
    }
}

/** What the office asks about: both answers look the same, nobody is nudged. */
@Composable
private fun Asked(asked: Agreement) {
    val shell = LocalShell.current
    val texts = shell.texts
    val intent = remember(asked.correction) { newIntent() }
    fun answer(agreed: Boolean) = shell.act { shell.capture(intent, WorkerAction.Agreement(asked.correction, agreed)) }
    Card {
        StateLine(texts.askedOfYou, Icons.MessageSquareWarning, Campo.colors.notYet.ink)
        Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
            Text(asked.text, color = Campo.colors.ink, style = Campo.type.body)
            if (asked.reason.isNotEmpty()) Text(asked.reason, color = Campo.colors.ink2, style = Campo.type.second)
        }
        SideBySide(
            even = true,
            first = { modifier -> CampoButton(texts.disagree, modifier, enabled = !shell.busy) { answer(false) } },
            second = { modifier -> CampoButton(texts.agree, modifier, enabled = !shell.busy) { answer(true) } },
        )
    }
}

@Composable
private fun Punch(line: PunchLine) {
    val shell = LocalShell.current
    val colors = Campo.colors
    Row(
        Modifier.fillMaxWidth().heightIn(64.dp).padding(16.dp, 4.dp, 4.dp, 4.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Text(line.time, color = colors.ink, style = Campo.type.strong)
        Column(Modifier.weight(1f)) {
            Text(line.label, color = colors.ink, style = Campo.type.body)
            Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                val ink = when {
                    line.doubtful -> colors.refused.ink
                    line.received -> colors.ink2
                    else -> colors.notYet.ink
                }
                CampoIcon(if (line.doubtful) Icons.Wrench else if (line.received) Icons.CheckCheck else Icons.Check, 18, ink)
                Text(line.receipt, color = ink, style = Campo.type.second)
            }
            val more = listOf(line.was, line.asked).filter { it.isNotEmpty() }.joinToString(" · ")
            if (more.isNotEmpty()) Text(more, color = colors.ink2, style = Campo.type.second)
        }
        IconTarget(Icons.ReceiptText, shell.texts.seeReceipt(line.label)) { shell.open(Spot.Receipt(line.entry, null)) }
    }
}

@Composable
private fun Correcting(page: TimePage, onGiveUp: () -> Unit, onAsked: (String, Long, String) -> Unit) {
    val texts = LocalShell.current.texts
    var chosen by remember { mutableStateOf(page.lines.singleOrNull()) }
    var time by remember { mutableStateOf("") }
    var reason by remember { mutableStateOf("") }
    val line = chosen
    if (line == null) {
        Sheet(texts.whichPunch, onGiveUp) {
            Rows(page.lines.map { punch -> { RowItem("${punch.time}  ${punch.label}") { chosen = punch } } })
        }
        return
    }
    val atUs = moved(line, time)
    Sheet("${line.label}, ${line.time}", onGiveUp) {
        Field(time, { time = it }, label = texts.rightTime, hint = texts.rightTimeHint, number = true)
        Field(reason, { reason = it }, label = texts.why, hint = texts.whyHint, lines = 2, capitals = true)
        CampoButton(texts.send, look = ButtonLook.Filled, enabled = atUs != null && reason.isNotBlank()) {
            if (atUs != null) onAsked(line.entry, atUs, reason.trim())
        }
    }
}

/** The instant of a punch at another time of the same day. None while the time is not one. */
internal fun moved(line: PunchLine, typed: String): Long? {
    val was = minutes(line.time) ?: return null
    val to = minutes(typed) ?: return null
    return line.atUs + (to - was) * 60_000_000L - line.atUs % 60_000_000L
}

private fun minutes(text: String): Long? {
    val parts = text.trim().split(':', '.', 'h').map { it.toLongOrNull() ?: return null }
    val hours = parts.getOrNull(0)?.takeIf { it in 0..23 } ?: return null
    val minutes = parts.getOrNull(1)?.takeIf { it in 0..59 } ?: return null
    return hours * 60 + minutes
}
