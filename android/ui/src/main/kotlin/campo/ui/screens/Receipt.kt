package campo.ui.screens

import androidx.compose.foundation.Canvas
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
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.core.ReceiptPage
import campo.ui.LocalShell
import campo.ui.Spot
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Fact
import campo.ui.parts.Foot
import campo.ui.parts.Opposite
import campo.ui.parts.Screen
import campo.ui.parts.StateLine
import campo.ui.parts.TopBar
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** The receipt of an entry: provisional at once, final with its number when the server has it. */
@Composable
fun ReceiptScreen(entry: String, task: String?) {
    val shell = LocalShell.current
    val texts = shell.texts
    val page = shown(entry) { receipt(entry) }
    Screen(
        top = { TopBar(texts.receipt, back = { shell.back() }, backIcon = Icons.X, backName = texts.close) },
        foot = {
            Foot {
                CampoButton(if (task == null) texts.done else texts.backToTask, look = ButtonLook.Filled) {
                    if (task == null) shell.back() else shell.backTo(Spot.Task(task))
                }
                CampoButton(texts.share, icon = Icons.Share2) { page?.let { shell.device.share(it.shared) } }
            }
        },
    ) {
        if (page == null) return@Screen
        Paper(page)
        if (!page.isFinal) Fact(texts.receiptProvisional, Icons.Info)
    }
}

@Composable
private fun Paper(page: ReceiptPage) {
    val colors = Campo.colors
    val shape = RoundedCornerShape(16.dp)
    Column(Modifier.fillMaxWidth().clip(shape).background(colors.surface).border(1.dp, colors.line, shape)) {
        Column(Modifier.padding(16.dp, 20.dp, 16.dp, 16.dp), Arrangement.spacedBy(6.dp)) {
            Box(Modifier.size(56.dp).clip(CircleShape).background(colors.accentTint), Alignment.Center) {
                CampoIcon(if (page.isFinal) Icons.CheckCheck else Icons.Check, 30, colors.accentInk)
            }
            Text(page.title, Modifier.padding(top = 8.dp), colors.ink, style = Campo.type.key)
            Text(page.what, color = colors.ink2, style = Campo.type.body)
        }
        Dashes()
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(8.dp)) {
            for (line in page.lines) {
                Row(
                    Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
                    Arrangement.spacedBy(16.dp),
                ) {
                    Text(line.label, color = colors.ink2, style = Campo.type.second)
                    Text(
                        line.value,
                        Modifier.weight(1f),
                        colors.ink,
                        style = Campo.type.secondStrong,
                        textAlign = TextAlign.End,
                    )
                }
            }
        }
        Dashes()
        Box(Modifier.fillMaxWidth().padding(16.dp).semantics(mergeDescendants = true) {}) {
            Opposite(
                first = { Text(LocalShell.current.texts.receipt, it, colors.ink2, style = Campo.type.second) },
                second = {
                    if (page.isFinal) {
                        StateLine(page.state, Icons.CheckCheck, colors.ink)
                    } else {
                        StateLine(page.state, Icons.Hourglass, colors.notYet.ink)
                    }
                },
            )
        }
    }
}

@Composable
private fun Dashes() {
    val color = Campo.colors.lineControl
    Canvas(Modifier.fillMaxWidth().height(1.5.dp)) {
        val dash = PathEffect.dashPathEffect(floatArrayOf(4.dp.toPx(), 3.dp.toPx()))
        drawLine(color, Offset.Zero, Offset(size.width, 0f), 1.5.dp.toPx(), pathEffect = dash)
    }
}
