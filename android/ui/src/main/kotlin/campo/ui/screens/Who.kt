package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.Worker
import campo.ui.LocalShell
import campo.ui.newIntent
import campo.ui.parts.CampoIcon
import campo.ui.parts.Empty
import campo.ui.parts.FaultLine
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.TopBar
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** Who works with the phone: a name of the roster, and its PIN. */
@Composable
fun WhoScreen(company: String) {
    val shell = LocalShell.current
    val roster = shown { roster() }.orEmpty()
    var chosen by remember { mutableStateOf<Worker?>(null) }
    val worker = chosen ?: roster.singleOrNull()
    if (worker != null) {
        PinScreen(worker, if (roster.size > 1) ({ chosen = null; shell.fault = null }) else null)
        return
    }
    val texts = shell.texts
    val status by shell.phone.sync.collectAsState()
    Screen(top = { TopBar(texts.whoWorks, company) }) {
        if (roster.isEmpty()) {
            // Right after the enrolment the names are on their way
            Empty(if (status.busy) texts.loading else texts.noRoster)
        } else {
            Text(texts.whoWorksHint, color = Campo.colors.ink2, style = Campo.type.second)
            Rows(roster.map { person -> { RowItem(person.name, detail = person.number, icon = Icons.User) { chosen = person } } })
        }
    }
}

@Composable
private fun PinScreen(worker: Worker, back: (() -> Unit)?) {
    val shell = LocalShell.current
    val texts = shell.texts
    var pin by remember(worker.id) { mutableStateOf("") }
    val intent = remember(worker.id) { newIntent() }

    fun enter() = shell.act {
        val typed = pin
        pin = ""
        shell.phone.openSession(intent, worker.id, typed)
    }
    Screen(
        top = { TopBar(worker.name, texts.whoWorks, back, backName = texts.back) },
        foot = {
            Column(Modifier.padding(16.dp, 0.dp, 16.dp, 20.dp), Arrangement.spacedBy(12.dp)) {
                shell.fault?.let { FaultLine(it) }
                Keys(
                    digit = { if (pin.length < 12) pin += it },
                    delete = { pin = pin.dropLast(1) },
                    enter = if (pin.length >= 4 && !shell.busy) ::enter else null,
                )
            }
        },
    ) {
        Column(
            Modifier.fillMaxWidth().padding(top = 24.dp),
            Arrangement.spacedBy(20.dp),
            Alignment.CenterHorizontally,
        ) {
            Text(texts.pinOf(worker.name), color = Campo.colors.ink2, style = Campo.type.body, textAlign = TextAlign.Center)
            Row(
                Modifier.heightIn(28.dp).semantics(mergeDescendants = true) {
                    contentDescription = texts.pinDigits(pin.length)
                },
                Arrangement.spacedBy(16.dp),
                Alignment.CenterVertically,
            ) {
                repeat(maxOf(4, pin.length)) { index ->
                    val filled = index < pin.length
                    Box(
                        Modifier
                            .size(18.dp)
                            .clip(CircleShape)
                            .background(if (filled) Campo.colors.ink else Campo.colors.surface)
                            .border(2.dp, if (filled) Campo.colors.ink else Campo.colors.lineControl, CircleShape),
                    )
                }
            }
        }
    }
}

/** A keypad of the app's own: large, the same on every phone, and nothing learns what is typed. */
@Composable
private fun Keys(digit: (Char) -> Unit, delete: () -> Unit, enter: (() -> Unit)?) {
    val texts = LocalShell.current.texts
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp)) {
        for (row in listOf("123", "456", "789")) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp)) {
                for (key in row) Key("$key", Modifier.weight(1f)) { digit(key) }
            }
        }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp)) {
            IconKey(texts.delete, Modifier.weight(1f), filled = false, onClick = delete)
            Key("0", Modifier.weight(1f)) { digit('0') }
            IconKey(texts.enter, Modifier.weight(1f), filled = true, onClick = enter)
        }
    }
}

@Composable
private fun Key(label: String, modifier: Modifier, onClick: () -> Unit) {
    val shape = RoundedCornerShape(14.dp)
    Box(
        modifier
            .heightIn(64.dp)
            .clip(shape)
            .background(Campo.colors.surface)
            .border(1.dp, Campo.colors.line, shape)
            .clickable(role = Role.Button, onClick = onClick),
        Alignment.Center,
    ) {
        Text(label, color = Campo.colors.ink, style = Campo.type.key)
    }
}

@Composable
private fun IconKey(name: String, modifier: Modifier, filled: Boolean, onClick: (() -> Unit)?) {
    val colors = Campo.colors
    val shape = RoundedCornerShape(14.dp)
    val ground = if (!filled || onClick == null) colors.sunken else colors.actPhone
    val ink = if (!filled || onClick == null) colors.ink2 else colors.onActPhone
    Box(
        modifier
            .heightIn(64.dp)
            .clip(shape)
            .background(ground)
            .clickable(onClick != null, role = Role.Button, onClick = onClick ?: {})
            .semantics { contentDescription = name },
        Alignment.Center,
    ) {
        CampoIcon(if (filled) Icons.ArrowRight else Icons.Delete, 26, ink)
    }
}
