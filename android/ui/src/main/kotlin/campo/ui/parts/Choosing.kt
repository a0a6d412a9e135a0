package campo.ui.parts

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.foundation.background
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Dialog
import campo.ui.LocalShell
import campo.ui.theme.Campo

/** A sheet over the screen, for one question. `leave` is what its last button says. */
@Composable
fun Sheet(
    title: String,
    onGiveUp: () -> Unit,
    leave: String = LocalShell.current.texts.cancel,
    content: @Composable () -> Unit,
) {
    Dialog(onDismissRequest = onGiveUp) {
        Column(
            Modifier
                .fillMaxWidth()
                .clip(RoundedCornerShape(16.dp))
                .background(Campo.colors.raised)
                .verticalScroll(rememberScrollState())
                .padding(16.dp),
            Arrangement.spacedBy(12.dp),
        ) {
            Text(title, Modifier.semantics { heading() }, Campo.colors.ink, style = Campo.type.key)
            content()
            CampoButton(leave, onClick = onGiveUp)
        }
    }
}

/** Chooses one of some: each its value, its word and a second word. */
@Composable
fun Choosing(
    title: String,
    choices: List<Triple<String, String, String>>,
    onGiveUp: () -> Unit,
    onChosen: (String) -> Unit,
) {
    Sheet(title, onGiveUp) {
        Rows(choices.map { (value, word, second) -> { RowItem(word, detail = second) { onChosen(value) } } })
    }
}

/** Asks for a reason, which the office will read. */
@Composable
fun Reason(title: String, onGiveUp: () -> Unit, onGiven: (String) -> Unit) {
    val texts = LocalShell.current.texts
    var reason by remember { mutableStateOf("") }
    Sheet(title, onGiveUp) {
        Field(reason, { reason = it }, label = texts.why, hint = texts.whyHint, lines = 3, capitals = true)
        CampoButton(texts.confirm, look = ButtonLook.Filled, enabled = reason.isNotBlank()) { onGiven(reason.trim()) }
    }
}
