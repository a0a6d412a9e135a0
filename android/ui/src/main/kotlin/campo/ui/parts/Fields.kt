package campo.ui.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import campo.ui.theme.Campo

/** A field with its label above and its fault below. `name` is said by screen readers where no label is shown. */
@Composable
fun Field(
    value: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    label: String = "",
    name: String = label,
    hint: String = "",
    fault: String = "",
    number: Boolean = false,
    lines: Int = 1,
    style: TextStyle = Campo.type.body,
    align: TextAlign = TextAlign.Start,
    action: ImeAction = ImeAction.Default,
    onDone: () -> Unit = {},
    capitals: Boolean = false,
    wrong: Boolean = fault.isNotEmpty(),
    tight: Boolean = false,
) {
    val colors = Campo.colors
    var focused by remember { mutableStateOf(false) }
    val edge = when {
        wrong -> colors.refused.ink
        focused -> colors.accentInk
        else -> colors.lineControl
    }
    val shape = RoundedCornerShape(12.dp)
    Column(modifier, Arrangement.spacedBy(6.dp)) {
        if (label.isNotEmpty()) Text(label, color = colors.ink2, style = Campo.type.second)
        BasicTextField(
            value = value,
            onValueChange = onChange,
            modifier = Modifier
                .fillMaxWidth()
                .onFocusChanged { focused = it.isFocused }
                .semantics {
                    contentDescription = name
                    if (fault.isNotEmpty()) error(fault)
                },
            textStyle = style.copy(color = colors.ink, textAlign = align),
            singleLine = lines == 1 && !tight,
            minLines = lines,
            cursorBrush = SolidColor(colors.accentInk),
            keyboardOptions = KeyboardOptions(
                keyboardType = if (number) KeyboardType.Decimal else KeyboardType.Text,
                imeAction = action,
                capitalization = if (capitals) {
                    androidx.compose.ui.text.input.KeyboardCapitalization.Sentences
                } else {
                    androidx.compose.ui.text.input.KeyboardCapitalization.None
                },
            ),
            keyboardActions = KeyboardActions(onDone = { onDone() }, onSend = { onDone() }, onGo = { onDone() }),
            decorationBox = { inner ->
                Box(
                    Modifier
                        .fillMaxWidth()
                        .heightIn(Target)
                        .clip(shape)
                        .background(colors.surface)
                        .border(if (focused || wrong) 2.5.dp else 1.5.dp, edge, shape)
                        .padding(if (tight) 8.dp else 14.dp, 12.dp),
                    if (lines == 1) Alignment.CenterStart else Alignment.TopStart,
                ) {
                    if (value.isEmpty() && hint.isNotEmpty()) {
                        // A hint that is cut helps nobody: where the text is large, the field grows for it
                        val most = if (isLargeText) 3 else lines
                        Text(hint, Modifier.fillMaxWidth(), colors.ink2, style = style, textAlign = align, maxLines = most)
                    }
                    inner()
                }
            },
        )
        if (fault.isNotEmpty()) FaultLine(fault)
    }
}
