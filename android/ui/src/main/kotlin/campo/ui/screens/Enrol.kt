package campo.ui.screens

import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.height
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import campo.ui.LocalShell
import campo.ui.Opened
import campo.ui.parts.ButtonLook
import campo.ui.parts.CampoButton
import campo.ui.parts.Card
import campo.ui.parts.FaultLine
import campo.ui.parts.Field
import campo.ui.parts.Foot
import campo.ui.parts.Screen
import campo.ui.parts.TopBar
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** The phone becomes one of a company: by the office's QR code, or by its code typed. */
@Composable
fun EnrolScreen(opened: Opened) {
    val shell = LocalShell.current
    val texts = shell.texts
    var server by rememberSaveable { mutableStateOf(opened.server) }
    var code by rememberSaveable { mutableStateOf(opened.code) }

    fun enrol() = shell.act {
        // The whole link can be pasted into either field
        val link = Opened.ofCode(code) ?: Opened.ofCode(server)
        if (link != null) {
            server = link.server
            code = link.code
        }
        shell.phone.enrol(server.trim(), code.trim(), shell.device.model)
    }
    LaunchedEffect(opened) {
        if (opened.server.isNotEmpty()) {
            server = opened.server
            code = opened.code
        }
    }
    Screen(
        top = { TopBar("Campo") },
        foot = {
            Foot {
                shell.fault?.let { FaultLine(it) }
                CampoButton(
                    if (shell.busy) texts.enrolling else texts.enrol,
                    look = ButtonLook.Filled,
                    iconAtEnd = Icons.ArrowRight,
                    enabled = !shell.busy && server.isNotBlank() && code.isNotBlank() || Opened.ofCode(code) != null,
                    onClick = ::enrol,
                )
            }
        },
    ) {
        Spacer(Modifier.height(8.dp))
        Text(texts.welcome, color = Campo.colors.ink, style = Campo.type.key)
        Text(texts.welcomeHint, color = Campo.colors.ink2, style = Campo.type.body)
        if (shell.device.canScan) {
            CampoButton(texts.scanCode, look = ButtonLook.Outlined, icon = Icons.QrCode, big = true) {
                shell.act {
                    val link = shell.device.scanCode()?.let(Opened::ofCode)
                    if (link != null) {
                        server = link.server
                        code = link.code
                        shell.phone.enrol(link.server, link.code, shell.device.model)
                    }
                }
            }
        }
        Card(spacing = 16.dp) {
            Field(server, { server = it }, label = texts.server, hint = texts.serverHint, action = ImeAction.Next)
            Field(
                code,
                { code = it },
                label = texts.code,
                hint = texts.codeHint,
                action = ImeAction.Go,
                onDone = ::enrol,
            )
        }
    }
}
