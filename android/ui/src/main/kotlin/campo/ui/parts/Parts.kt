// The few parts that all screens are made of. Every target is at least 56 dp high, every text grows with the person's
// text size, and pairs of buttons stack when it is large.
package campo.ui.parts

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.min
import androidx.compose.ui.unit.sp
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** The least height of what is touched. */
val Target = 56.dp

/** True when the person's text is so large that pairs stack and extras give way. */
val isLargeText: Boolean
    @Composable get() = LocalDensity.current.fontScale > 1.3f

/** An icon that grows with the text, up to half again its size. */
@Composable
fun CampoIcon(icon: ImageVector, size: Int = 24, tint: Color = LocalContentColor.current, name: String? = null) {
    val grown = with(LocalDensity.current) { size.sp.toDp() }
    Icon(icon, name, Modifier.size(min(grown, (size * 1.5f).dp)), tint)
}

/** A card: what belongs together on the phone. */
@Composable
fun Card(modifier: Modifier = Modifier, spacing: Dp = 12.dp, content: @Composable ColumnScope.() -> Unit) {
    Column(
        modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(16.dp))
            .background(Campo.colors.surface)
            .border(1.dp, Campo.colors.line, RoundedCornerShape(16.dp))
            .padding(16.dp),
        Arrangement.spacedBy(spacing),
        content = content,
    )
}

/** Rows in one frame with hairlines between them. */
@Composable
fun Rows(rows: List<@Composable () -> Unit>, modifier: Modifier = Modifier) {
    Column(
        modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(16.dp))
            .background(Campo.colors.surface)
            .border(1.dp, Campo.colors.line, RoundedCornerShape(16.dp)),
    ) {
        rows.forEachIndexed { index, row ->
            if (index > 0) Hairline()
            row()
        }
    }
}

@Composable
fun Hairline() = Box(Modifier.fillMaxWidth().heightIn(1.dp, 1.dp).background(Campo.colors.line))

/** A row: an icon, a line, a second line, and what stands at its end. */
@Composable
fun RowItem(
    title: String,
    modifier: Modifier = Modifier,
    detail: String = "",
    icon: ImageVector? = null,
    color: Color = Campo.colors.ink,
    strong: Boolean = false,
    end: (@Composable RowScope.() -> Unit)? = null,
    onClick: (() -> Unit)? = null,
) {
    val tap = if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick)
    CompositionLocalProvider(LocalContentColor provides color) {
        Row(
            modifier.fillMaxWidth().then(tap).heightIn(Target).padding(16.dp, 8.dp),
            Arrangement.spacedBy(14.dp),
            Alignment.CenterVertically,
        ) {
            if (icon != null) CampoIcon(icon)
            Column(Modifier.weight(1f)) {
                Text(title, style = if (strong) Campo.type.strong else Campo.type.body, color = color)
                if (detail.isNotEmpty()) Text(detail, style = Campo.type.second, color = Campo.colors.ink2)
            }
            when {
                end != null -> end()
                onClick != null -> CampoIcon(Icons.ChevronRight, 22)
            }
        }
    }
}

enum class ButtonLook { Filled, Outlined, Plain }

/** A button: one filled one per screen, infinitives, never an icon alone. What is disabled says why beside it. */
@Composable
fun CampoButton(
    label: String,
    modifier: Modifier = Modifier,
    look: ButtonLook = ButtonLook.Plain,
    icon: ImageVector? = null,
    iconAtEnd: ImageVector? = null,
    big: Boolean = false,
    enabled: Boolean = true,
    onClick: () -> Unit,
) {
    val colors = Campo.colors
    val (ground, ink, edge) = when {
        !enabled -> Triple(colors.sunken, colors.ink2, Color.Transparent)
        look == ButtonLook.Filled -> Triple(colors.actPhone, colors.onActPhone, colors.actPhone)
        look == ButtonLook.Outlined -> Triple(colors.surface, colors.accentInk, colors.accentInk)
        else -> Triple(colors.surface, colors.ink, colors.lineControl)
    }
    val shape = RoundedCornerShape(14.dp)
    val width = if (look == ButtonLook.Outlined) 2.dp else 1.5.dp
    Row(
        modifier
            .fillMaxWidth()
            .heightIn(if (big) 72.dp else Target)
            .clip(shape)
            .background(ground)
            .border(BorderStroke(width, edge), shape)
            .clickable(enabled, role = Role.Button, onClick = onClick)
            .padding(if (isLargeText) 6.dp else 12.dp, 8.dp),
        Arrangement.spacedBy(10.dp, Alignment.CenterHorizontally),
        Alignment.CenterVertically,
    ) {
        if (icon != null) CampoIcon(icon, 22, ink)
        Text(
            label,
            Modifier.weight(1f, fill = false),
            ink,
            style = if (big) Campo.type.key else Campo.type.strong,
            textAlign = TextAlign.Center,
        )
        if (iconAtEnd != null) CampoIcon(iconAtEnd, 22, ink)
    }
}

/** Two buttons side by side; the second, which is the next act, on top when the text is large. */
@Composable
fun SideBySide(even: Boolean = false, first: @Composable (Modifier) -> Unit, second: @Composable (Modifier) -> Unit) {
    if (isLargeText) {
        Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp)) {
            second(Modifier)
            first(Modifier)
        }
    } else {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            first(Modifier.weight(if (even) 1f else 2f))
            second(Modifier.weight(if (even) 1f else 3f))
        }
    }
}

/** A line with what stands opposite it; under it when the text is large, so that neither squeezes the other. */
@Composable
fun Opposite(first: @Composable (Modifier) -> Unit, second: (@Composable () -> Unit)?) {
    if (isLargeText) {
        Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(4.dp)) {
            first(Modifier)
            second?.invoke()
        }
    } else {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            first(Modifier.weight(1f))
            second?.invoke()
        }
    }
}

/** An icon to be touched, with a name. */
@Composable
fun IconTarget(icon: ImageVector, name: String, onClick: () -> Unit) {
    Box(
        Modifier
            .size(Target)
            .clip(CircleShape)
            .clickable(role = Role.Button, onClick = onClick)
            .semantics { contentDescription = name },
        Alignment.Center,
    ) {
        CampoIcon(icon, 24, Campo.colors.ink)
    }
}

/** Icon and word of a state; the colour comes third. */
@Composable
fun StateLine(text: String, icon: ImageVector, color: Color, modifier: Modifier = Modifier) {
    Row(modifier, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        CampoIcon(icon, 20, color)
        Text(text, color = color, style = Campo.type.secondStrong)
    }
}

/** A quiet fact with its icon. */
@Composable
fun Fact(text: String, icon: ImageVector, color: Color = Campo.colors.ink2, modifier: Modifier = Modifier) {
    Row(modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
        CampoIcon(icon, 22, color)
        Text(text, Modifier.weight(1f), color, style = Campo.type.second)
    }
}

/** The heading of a group. */
@Composable
fun Section(text: String) =
    Text(
        text,
        Modifier.padding(top = 4.dp).semantics { heading() },
        Campo.colors.ink2,
        style = Campo.type.secondStrong,
    )

/** The quiet line on top: no network, and what else a person should know. It blocks nothing. */
@Composable
fun QuietLine(text: String, icon: ImageVector = Icons.CloudOff) {
    Row(
        Modifier
            .fillMaxWidth()
            .background(Campo.colors.sunken)
            .padding(16.dp, 7.dp)
            .semantics { liveRegion = LiveRegionMode.Polite },
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        CampoIcon(icon, 20, Campo.colors.ink)
        Text(text, color = Campo.colors.ink, style = Campo.type.second)
    }
}

/** The head of a screen. */
@Composable
fun TopBar(
    title: String,
    detail: String = "",
    back: (() -> Unit)? = null,
    backIcon: ImageVector = Icons.ArrowLeft,
    backName: String = "",
    end: @Composable RowScope.() -> Unit = {},
) {
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(60.dp)
            .padding(start = if (back == null) 16.dp else 4.dp, end = 8.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (back != null) {
            IconTarget(backIcon, backName, back)
            Spacer(Modifier.width(4.dp))
        }
        Column(Modifier.weight(1f)) {
            Text(title, Modifier.semantics { heading() }, Campo.colors.ink, style = Campo.type.key)
            if (detail.isNotEmpty()) Text(detail, color = Campo.colors.ink2, style = Campo.type.second)
        }
        end()
    }
}

/** The foot of a screen: its next act, always within reach of the thumb. */
@Composable
fun Foot(content: @Composable ColumnScope.() -> Unit) {
    Column(Modifier.fillMaxWidth().background(Campo.colors.surface)) {
        Hairline()
        Column(
            Modifier.padding(16.dp, 12.dp, 16.dp, 20.dp),
            Arrangement.spacedBy(10.dp),
            content = content,
        )
    }
}

/** What is wrong and what would be right, at the place where it is wrong. */
@Composable
fun FaultLine(text: String, modifier: Modifier = Modifier) {
    Row(
        modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Assertive },
        Arrangement.spacedBy(8.dp),
    ) {
        CampoIcon(Icons.CircleAlert, 20, Campo.colors.refused.ink)
        Text(text, Modifier.weight(1f), Campo.colors.refused.ink, style = Campo.type.secondStrong)
    }
}

/** Why something is empty, and one act. */
@Composable
fun Empty(title: String, detail: String = "", act: (@Composable () -> Unit)? = null) {
    Column(
        Modifier.fillMaxWidth().padding(vertical = 32.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterHorizontally,
    ) {
        Text(title, color = Campo.colors.ink, style = Campo.type.strong, textAlign = TextAlign.Center)
        if (detail.isNotEmpty()) {
            Text(detail, color = Campo.colors.ink2, style = Campo.type.second, textAlign = TextAlign.Center)
        }
        if (act != null) {
            Spacer(Modifier.size(8.dp))
            act()
        }
    }
}

/** A choice that is one of several side by side, such as a filter. */
@Composable
fun Pill(label: String, chosen: Boolean, onClick: () -> Unit) {
    val colors = Campo.colors
    val shape = RoundedCornerShape(28.dp)
    Box(
        Modifier
            .heightIn(Target)
            .clip(shape)
            .background(if (chosen) colors.accentTint else colors.surface)
            .border(1.5.dp, if (chosen) colors.accentInk else colors.lineControl, shape)
            .clickable(role = Role.Tab, onClick = onClick)
            .semantics { selected = chosen }
            .padding(18.dp, 8.dp),
        Alignment.Center,
    ) {
        Text(
            label,
            color = if (chosen) colors.accentInk else colors.ink,
            style = if (chosen) Campo.type.secondStrong else Campo.type.second,
            maxLines = 1,
        )
    }
}

/** A number in a small dark circle, such as how many are unread. */
@Composable
fun Badge(count: Int, modifier: Modifier = Modifier) {
    Box(
        modifier
            .clip(RoundedCornerShape(9.dp))
            .background(Campo.colors.ink)
            .heightIn(18.dp)
            .padding(horizontal = 5.dp),
        Alignment.Center,
    ) {
        Text(
            if (count > 99) "99+" else "$count",
            color = Campo.colors.surface,
            style = Campo.type.nav.copy(fontSize = Campo.type.nav.fontSize.fixed(12), lineHeight = Campo.type.nav.fontSize.fixed(16)),
            maxLines = 1,
        )
    }
}

/** A size that does not grow beyond the room that it has. */
@Composable
fun androidx.compose.ui.unit.TextUnit.fixed(most: Int): androidx.compose.ui.unit.TextUnit =
    (most / LocalDensity.current.fontScale.coerceAtLeast(1f)).sp
