package campo.ui.parts

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import campo.ui.LocalShell
import campo.ui.Place
import campo.ui.theme.Campo
import campo.ui.theme.Icons

/** A whole screen: the quiet line, its head, what scrolls, and its foot. */
@Composable
fun Screen(
    top: @Composable () -> Unit,
    foot: @Composable () -> Unit = {},
    scrolls: Boolean = true,
    content: @Composable ColumnScope.() -> Unit,
) {
    Column(Modifier.fillMaxSize().background(Campo.colors.canvas)) {
        LocalShell.current.quiet?.let { QuietLine(it.first, it.second) }
        top()
        val edge = if (isLargeText) 8.dp else 16.dp
        // What scrolls by itself goes down to the foot: a list that is cut before it looks as if it ended there
        val body = Modifier
            .weight(1f)
            .fillMaxWidth()
            .then(if (scrolls) Modifier.verticalScroll(rememberScrollState()) else Modifier)
            .padding(edge, 4.dp, edge, if (scrolls) 4.dp else 0.dp)
        Column(body, Arrangement.spacedBy(12.dp)) {
            content()
            if (scrolls) Box(Modifier.height(8.dp))
        }
        foot()
    }
}

/** The five places, at the thumb. */
@Composable
fun NavBar(here: Place) {
    val shell = LocalShell.current
    val texts = shell.texts
    val places: List<Triple<Place, Pair<String, ImageVector>, Int>> = listOf(
        Triple(Place.Home, texts.home to Icons.House, 0),
        Triple(Place.Tasks, texts.tasks to Icons.ClipboardList, shell.openTasks),
        Triple(Place.MyTime, texts.myTime to Icons.Clock, 0),
        Triple(Place.Messages, texts.messages to Icons.MessageSquare, shell.unread),
        Triple(Place.More, texts.more to Icons.Menu, 0),
    )
    Column(Modifier.fillMaxWidth().background(Campo.colors.surface)) {
        Hairline()
        Row(Modifier.fillMaxWidth().padding(4.dp, 8.dp, 4.dp, 14.dp)) {
            for ((place, look, count) in places) {
                NavItem(look.first, look.second, count, place == here, Modifier.weight(1f)) { shell.goTo(place) }
            }
        }
    }
}

@Composable
private fun NavItem(
    label: String,
    icon: ImageVector,
    count: Int,
    chosen: Boolean,
    modifier: Modifier,
    onClick: () -> Unit,
) {
    val colors = Campo.colors
    val ink = if (chosen) colors.accentInk else colors.ink2
    val name = if (count > 0) "$label, $count" else label
    Column(
        modifier
            .heightIn(Target)
            .clip(RoundedCornerShape(16.dp))
            .clickable(role = Role.Tab, onClick = onClick)
            .semantics(mergeDescendants = true) {
                contentDescription = name
                selected = chosen
            },
        Arrangement.spacedBy(3.dp, Alignment.CenterVertically),
        Alignment.CenterHorizontally,
    ) {
        Box {
            Box(
                Modifier
                    .width(60.dp)
                    .height(32.dp)
                    .clip(RoundedCornerShape(16.dp))
                    .background(if (chosen) colors.accentTint else colors.surface),
                Alignment.Center,
            ) {
                androidx.compose.material3.Icon(icon, null, Modifier.width(24.dp).height(24.dp), ink)
            }
            if (count > 0) Badge(count, Modifier.align(Alignment.TopEnd).offset((-6).dp, 0.dp))
        }
        Text(
            label,
            color = ink,
            style = Campo.type.nav.copy(
                fontSize = Campo.type.nav.fontSize.capped(13, 15),
                lineHeight = Campo.type.nav.fontSize.capped(17, 19),
                fontWeight = if (chosen) FontWeight.SemiBold else FontWeight.Medium,
            ),
            maxLines = 1,
            softWrap = false,
            overflow = TextOverflow.Visible,
        )
    }
}

/** Grows with the person's text, up to a size that still fits five words side by side. */
@Composable
private fun androidx.compose.ui.unit.TextUnit.capped(size: Int, most: Int): androidx.compose.ui.unit.TextUnit {
    val scale = androidx.compose.ui.platform.LocalDensity.current.fontScale
    return androidx.compose.ui.unit.TextUnit(
        minOf(size * scale, most.toFloat()) / scale,
        androidx.compose.ui.unit.TextUnitType.Sp,
    )
}
