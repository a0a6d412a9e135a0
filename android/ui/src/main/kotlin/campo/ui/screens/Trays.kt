package campo.ui.screens

import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import campo.core.TrayKind
import campo.core.TrayLine
import campo.ui.LocalShell
import campo.ui.Spot
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.CampoIcon
import campo.ui.parts.Empty
import campo.ui.parts.Foot
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.Section
import campo.ui.parts.TopBar
import campo.ui.parts.isLargeText
import campo.ui.shown
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** What is begun, what waits, what was sent, what needs repair: exceptions first. */
@Composable
fun TraysScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val lines = shown { trays() }
    val status by shell.phone.sync.collectAsState()
    Screen(
        top = { TopBar(texts.trays, back = { shell.back() }, backName = texts.back) },
        foot = {
            Foot {
                CampoButton(
                    if (status.busy) texts.sending else texts.sendNow,
                    look = ButtonLook.Filled,
                    icon = Icons.CloudUpload,
                    enabled = !status.busy && !shell.busy,
                ) { shell.act { shell.phone.syncNow() } }
            }
        },
        scrolls = false,
    ) {
        if (lines == null) return@Screen
        LazyColumn(Modifier.weight(1f), contentPadding = PaddingValues(bottom = 12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            if (lines.none { it.tray != TrayKind.SENT }) item { Empty(texts.emptyTray) }
            val trays = listOf(
                TrayKind.REPAIR to texts.needsRepair,
                TrayKind.TO_SEND to texts.toSend,
                TrayKind.DRAFT to texts.drafts,
                TrayKind.SENT to texts.sentTray,
            )
            for ((tray, title) in trays) {
                val inTray = lines.filter { it.tray == tray }
                if (inTray.isEmpty()) continue
                item(key = tray) { Section("$title (${inTray.size})") }
                item(key = "${tray}_rows") { Rows(inTray.map { line -> { Line(line) } }) }
            }
        }
    }
}

@Composable
private fun Line(line: TrayLine) {
    val shell = LocalShell.current
    val colors = Campo.colors
    val large = isLargeText
    RowItem(
        line.title,
        detail = if (large) listOf(line.detail, line.`when`).filter { it.isNotEmpty() }.joinToString(" · ") else line.detail,
        icon = when (line.tray) {
            TrayKind.DRAFT -> Icons.FilePen
            TrayKind.TO_SEND -> Icons.CloudUpload
            TrayKind.SENT -> Icons.CheckCheck
            TrayKind.REPAIR -> Icons.Wrench
        },
        color = if (line.tray == TrayKind.REPAIR) colors.refused.ink else colors.ink,
        end = {
            if (!large) Text(line.`when`, color = colors.ink2, style = Campo.type.second)
            CampoIcon(Icons.ChevronRight, 22, colors.ink2)
        },
    ) {
        val form = line.form
        val entry = line.entry
        if (form != null) shell.open(Spot.Form(form, line.task)) else if (entry != null) shell.open(Spot.Receipt(entry, null))
    }
}
