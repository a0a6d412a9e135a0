// The tokens of the design, by the names that console and phone share. A name says what a thing means, never how it looks.
package campo.ui.theme

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.text.selection.LocalTextSelectionColors
import androidx.compose.foundation.text.selection.TextSelectionColors
import androidx.compose.material3.ColorScheme
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.LineHeightStyle
import androidx.compose.ui.unit.em
import androidx.compose.ui.unit.sp

/** What a thing means for the work: the ink of text and icon, the tint of a ground, the edge of a border. */
@Immutable
data class Family(val ink: Color, val tint: Color, val edge: Color)

@Immutable
data class CampoColors(
    val canvas: Color,
    val surface: Color,
    val raised: Color,
    val sunken: Color,
    val line: Color,
    val lineControl: Color,
    val ink: Color,
    val ink2: Color,
    val accent: Color,
    val accentInk: Color,
    val accentTint: Color,
    val actPhone: Color,
    val onActPhone: Color,
    val onPhone: Family,
    val notYet: Family,
    val late: Family,
    val refused: Family,
    val setAside: Family,
    val done: Family,
    val working: Family,
)

private fun family(ink: Long, tint: Long, edge: Long) = Family(Color(ink), Color(tint), Color(edge))

/** Paper by day. */
val LightColors = CampoColors(
    canvas = Color(0xFFF5F3EC),
    surface = Color(0xFFFFFEFB),
    raised = Color(0xFFFFFFFF),
    sunken = Color(0xFFEDEAE0),
    line = Color(0xFFE1DDD1),
    lineControl = Color(0xFF89857A),
    ink = Color(0xFF1C201A),
    ink2 = Color(0xFF474C43),
    accent = Color(0xFF1A6348),
    accentInk = Color(0xFF15543B),
    accentTint = Color(0xFFE3EEE6),
    actPhone = Color(0xFF1A6348),
    onActPhone = Color(0xFFFFFFFF),
    onPhone = family(0xFF1B567F, 0xFFE2EDF4, 0xFF6796B7),
    notYet = family(0xFF6E4E00, 0xFFFAF0D2, 0xFFB08A26),
    late = family(0xFF983510, 0xFFFBE7DB, 0xFFCC7448),
    refused = family(0xFF98193A, 0xFFF9E2E7, 0xFFC96A80),
    setAside = family(0xFF64462C, 0xFFF1E7DA, 0xFFA98761),
    done = family(0xFF565B50, 0xFFEAE7DD, 0xFFA5A193),
    working = family(0xFF15543B, 0xFFE3EEE6, 0xFF5E9B80),
)

/** Soil by night. */
val DarkColors = CampoColors(
    canvas = Color(0xFF12150F),
    surface = Color(0xFF1A1E17),
    raised = Color(0xFF23281F),
    sunken = Color(0xFF0D100B),
    line = Color(0xFF30362B),
    lineControl = Color(0xFF7C8273),
    ink = Color(0xFFEDECE3),
    ink2 = Color(0xFFBFC1B4),
    accent = Color(0xFF2C7D58),
    accentInk = Color(0xFF7FCCA2),
    accentTint = Color(0xFF1D3228),
    actPhone = Color(0xFF7FCCA2),
    onActPhone = Color(0xFF0B2318),
    onPhone = family(0xFF93C5E6, 0xFF182A37, 0xFF4A7896),
    notYet = family(0xFFE8C265, 0xFF322A13, 0xFF8F7430),
    late = family(0xFFF2A27C, 0xFF3A2218, 0xFFA9603C),
    refused = family(0xFFF29AAB, 0xFF3A1C24, 0xFFA3526A),
    setAside = family(0xFFD3B594, 0xFF2F261D, 0xFF826C52),
    done = family(0xFFA5A99B, 0xFF262B22, 0xFF5F6557),
    working = family(0xFF7FCCA2, 0xFF1D3228, 0xFF3F8A66),
)

/** The sizes of the phone, in sp, so that the person's text size carries everything. */
@Immutable
data class CampoType(
    val body: TextStyle,
    val strong: TextStyle,
    val second: TextStyle,
    val secondStrong: TextStyle,
    val key: TextStyle,
    val clock: TextStyle,
    val nav: TextStyle,
)

private fun type(font: FontFamily): CampoType {
    fun style(size: Int, height: Double, weight: FontWeight = FontWeight.Normal, spacing: Double = 0.0) = TextStyle(
        fontFamily = font,
        fontSize = size.sp,
        lineHeight = height.em,
        fontWeight = weight,
        letterSpacing = spacing.em,
        fontFeatureSettings = "tnum",
        lineHeightStyle = LineHeightStyle(LineHeightStyle.Alignment.Center, LineHeightStyle.Trim.None),
    )
    return CampoType(
        body = style(18, 1.35),
        strong = style(18, 1.3, FontWeight.SemiBold),
        second = style(16, 1.375),
        secondStrong = style(16, 1.375, FontWeight.SemiBold),
        key = style(22, 1.3, FontWeight.SemiBold),
        clock = style(44, 1.1, FontWeight.SemiBold, -0.015),
        nav = style(13, 1.3, FontWeight.Medium),
    )
}

private val LocalColors = staticCompositionLocalOf { LightColors }
private val LocalType = staticCompositionLocalOf { type(FontFamily.Default) }

object Campo {
    val colors: CampoColors
        @Composable get() = LocalColors.current
    val type: CampoType
        @Composable get() = LocalType.current
}

/** The look of Campo. `font` is Inter, however the platform loads it. */
@Composable
fun CampoTheme(font: FontFamily, dark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    val colors = if (dark) DarkColors else LightColors
    val selection = TextSelectionColors(handleColor = colors.accentInk, backgroundColor = colors.accentTint)
    CompositionLocalProvider(
        LocalColors provides colors,
        LocalType provides type(font),
        LocalTextSelectionColors provides selection,
    ) {
        MaterialTheme(colorScheme = material(colors, dark), content = content)
    }
}

/** What Material's own parts (menus, dialogs, the date picker) take from the tokens. */
private fun material(colors: CampoColors, dark: Boolean): ColorScheme {
    val base = if (dark) darkColorScheme() else lightColorScheme()
    return base.copy(
        primary = colors.actPhone,
        onPrimary = colors.onActPhone,
        primaryContainer = colors.accentTint,
        onPrimaryContainer = colors.accentInk,
        secondary = colors.accentInk,
        secondaryContainer = colors.accentTint,
        onSecondaryContainer = colors.accentInk,
        background = colors.canvas,
        onBackground = colors.ink,
        surface = colors.surface,
        onSurface = colors.ink,
        surfaceVariant = colors.sunken,
        onSurfaceVariant = colors.ink2,
        surfaceContainer = colors.raised,
        surfaceContainerHigh = colors.raised,
        surfaceContainerHighest = colors.raised,
        outline = colors.lineControl,
        outlineVariant = colors.line,
        error = colors.refused.ink,
        errorContainer = colors.refused.tint,
        onErrorContainer = colors.refused.ink,
    )
}
