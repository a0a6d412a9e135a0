package campo.ui.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import campo.core.MessageLine
import campo.core.WorkerAction
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.newIntent
import campo.ui.parts.CampoIcon
import campo.ui.parts.Empty
import campo.ui.parts.FaultLine
import campo.ui.parts.Field
import campo.ui.parts.Hairline
import campo.ui.parts.IconTarget
import campo.ui.parts.NavBar
import campo.ui.parts.Screen
import campo.ui.parts.TopBar
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** Messages with the office: all of them, or those about a task. */
@Composable
fun MessagesScreen(task: String?) {
    val shell = LocalShell.current
    val texts = shell.texts
    val all = shown { messages() }
    val lines = all?.filter { task == null || it.task == task }
    val list = rememberLazyListState()
    LaunchedEffect(lines?.size) {
        if (!lines.isNullOrEmpty()) list.scrollToItem(lines.lastIndex)
        if (lines.orEmpty().any { it.unread }) shell.quietly { shell.phone.noteMessagesRead() }
    }
    Screen(
        top = {
            if (task == null) {
                TopBar(texts.messages)
            } else {
                TopBar(texts.messages, texts.writeAboutTask, back = { shell.back() }, backName = texts.back)
            }
        },
        foot = {
            Writing(task)
            if (task == null) NavBar(Place.Messages)
        },
        scrolls = false,
    ) {
        if (lines == null) return@Screen
        if (lines.isEmpty()) Empty(texts.noMessages)
        LazyColumn(Modifier.weight(1f).fillMaxWidth(), list, PaddingValues(bottom = 12.dp), verticalArrangement = Arrangement.spacedBy(10.dp)) {
            items(lines, key = { it.id }) { Bubble(it) }
        }
    }
}

@Composable
private fun Bubble(line: MessageLine) {
    val texts = LocalShell.current.texts
    val colors = Campo.colors
    val shape = RoundedCornerShape(16.dp)
    Box(Modifier.fillMaxWidth(), if (line.fromOffice) Alignment.CenterStart else Alignment.CenterEnd) {
        Column(
            Modifier
                .widthIn(max = 320.dp)
                .clip(shape)
                .background(if (line.fromOffice) colors.surface else colors.accentTint)
                .border(1.dp, if (line.unread) colors.accentInk else colors.line, shape)
                .padding(14.dp, 10.dp)
                .semantics(mergeDescendants = true) {},
            Arrangement.spacedBy(4.dp),
        ) {
            Text(line.text, color = colors.ink, style = Campo.type.body)
            Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                if (!line.fromOffice) {
                    CampoIcon(
                        if (line.received) Icons.CheckCheck else Icons.Check,
                        18,
                        if (line.received) colors.ink2 else colors.notYet.ink,
                        if (line.received) texts.sent else texts.toBeSent,
                    )
                }
                val who = if (line.fromOffice) "${texts.office}, " else ""
                Text("$who${line.`when`}", color = colors.ink2, style = Campo.type.second)
            }
        }
    }
}

@Composable
private fun Writing(task: String?) {
    val shell = LocalShell.current
    val texts = shell.texts
    var text by rememberSaveable { mutableStateOf("") }
    var intent by remember { mutableStateOf(newIntent()) }

    fun send() {
        val written = text.trim()
        if (written.isEmpty()) return
        shell.act {
            shell.capture(intent, WorkerAction.Message(written, task))
            text = ""
            intent = newIntent()
        }
    }
    Column(Modifier.fillMaxWidth().background(Campo.colors.surface)) {
        Hairline()
        shell.fault?.let { FaultLine(it, Modifier.padding(16.dp, 8.dp, 16.dp, 0.dp)) }
        Row(
            Modifier.fillMaxWidth().padding(16.dp, 8.dp, 4.dp, 8.dp),
            Arrangement.spacedBy(4.dp),
            Alignment.CenterVertically,
        ) {
            Field(
                text,
                { text = it },
                Modifier.weight(1f),
                name = texts.writeMessage,
                hint = texts.writeMessage,
                action = ImeAction.Send,
                onDone = ::send,
                capitals = true,
            )
            IconTarget(Icons.Send, texts.send, ::send)
        }
    }
}
