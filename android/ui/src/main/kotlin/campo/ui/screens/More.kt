package campo.ui.screens

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.Spot
import campo.ui.newIntent
import campo.ui.parts.CampoButton
import campo.ui.parts.Empty
import campo.ui.parts.Fact
import campo.ui.parts.FaultLine
import campo.ui.parts.Foot
import campo.ui.parts.NavBar
import campo.ui.parts.RowItem
import campo.ui.parts.Rows
import campo.ui.parts.Screen
import campo.ui.parts.Section
import campo.ui.parts.TopBar
import campo.ui.shown
import campo.ui.theme.Icons

/** Everything that is needed seldom. */
@Composable
fun MoreScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val company = shown { company() }.orEmpty()
    val intent = remember(shell.worker?.session) { newIntent() }
    Screen(top = { TopBar(texts.more, company) }, foot = { NavBar(Place.More) }) {
        shell.fault?.let { FaultLine(it) }
        Rows(
            listOf(
                { RowItem(texts.trays, detail = texts.traysHint, icon = Icons.Inbox) { shell.open(Spot.Trays) } },
                { RowItem(texts.forms, detail = texts.formsHint, icon = Icons.FileText) { shell.open(Spot.Forms) } },
                {
                    RowItem(texts.diagnostics, detail = texts.diagnosticsHint, icon = Icons.Stethoscope) {
                        shell.open(Spot.Diagnostics)
                    }
                },
                {
                    RowItem(texts.changePerson, detail = shell.worker?.name.orEmpty(), icon = Icons.Users) {
                        shell.act { shell.phone.closeSession(intent) }
                    }
                },
            ),
        )
    }
}

/** The forms that may be filled without a task. */
@Composable
fun FormsScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val forms = shown { forms() }
    Screen(top = { TopBar(texts.forms, texts.formsHint, back = { shell.back() }, backName = texts.back) }) {
        if (forms == null) return@Screen
        if (forms.isEmpty()) Empty(texts.nothingFound) else Rows(forms.map { form -> { FormRow(form, null) } })
    }
}

/** What somebody needs to know who is asked why a phone does not send. */
@Composable
fun DiagnosticsScreen() {
    val shell = LocalShell.current
    val texts = shell.texts
    val lines = shown { diagnostics() }
    val hints = remember { shell.device.hints(texts) }
    Screen(
        top = { TopBar(texts.diagnostics, back = { shell.back() }, backName = texts.back) },
        foot = {
            Foot {
                CampoButton(texts.shareReport, icon = Icons.Share2) {
                    val report = (lines.orEmpty() + hints).joinToString("\n") { "${it.label}: ${it.value}" }
                    shell.device.share(report)
                }
            }
        },
    ) {
        if (lines == null) return@Screen
        shell.quiet?.let { Fact(it.first, it.second) }
        Rows(lines.map { line -> { RowItem(line.value, detail = line.label) } })
        if (hints.isNotEmpty()) {
            Section(texts.battery)
            Rows(hints.map { hint -> { RowItem(hint.label, detail = hint.value, icon = Icons.BatteryWarning) } })
        }
    }
}
