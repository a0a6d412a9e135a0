package campo.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asSkiaBitmap
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import androidx.compose.ui.test.performTouchInput
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import java.io.File

/** How the phone looks: what a person sets on their own. */
class Looks {
    var dark by mutableStateOf(false)
    var scale by mutableStateOf(1f)
}

/** A worker's hand and eye: finds things by what they are called, as a person or a screen reader does. */
@OptIn(ExperimentalTestApi::class)
class Hand(private val test: ComposeUiTest, private val looks: Looks, private val pictures: File, private val language: String) {
    /** What a person could not touch, hear or read on the screens that were looked at. */
    val complaints = mutableListOf<String>()

    fun sees(text: String) = await(hasText(text, substring = true))

    fun tap(name: String) {
        val node = await(named(name) and hasClickAction())
        scrollTo(node)
        node.performClick()
        test.waitForIdle()
    }

    fun type(field: String, text: String) {
        val node = await(hasContentDescription(field) and hasSetTextAction())
        scrollTo(node)
        node.performTextReplacement(text)
        test.waitForIdle()
    }

    /** Types a PIN on the app's own keys. */
    fun pin(digits: String, enter: String) {
        for (digit in digits) tap("$digit")
        tap(enter)
    }

    fun draw(on: String) {
        await(hasContentDescription(on)).performTouchInput {
            down(Offset(width * 0.15f, height * 0.6f))
            for (step in 1..20) moveTo(Offset(width * (0.15f + 0.035f * step), height * (if (step % 2 == 0) 0.35f else 0.7f)))
            up()
        }
        test.waitForIdle()
    }

    /** Pictures of what is there: by day, by night, and with text of twice the size. */
    fun picture(name: String) {
        for ((folder, dark, scale) in listOf(Triple("light", false, 1f), Triple("dark", true, 1f), Triple("text-200", false, 2f))) {
            if (language != "es" && folder != "light") continue
            looks.dark = dark
            looks.scale = scale
            test.waitForIdle()
            save("$language-$folder", name)
            complaints += Inspection(test, scale).complaints().map { "$name, $language-$folder: $it" }
        }
        looks.dark = false
        looks.scale = 1f
        test.waitForIdle()
    }

    private fun save(folder: String, name: String) {
        val roots = test.onAllNodes(isRoot())
        val last = roots.fetchSemanticsNodes().size - 1
        val file = File(File(pictures, folder).apply { mkdirs() }, "$name.png")
        file.writeBytes(png(roots[last].captureToImage()))
    }

    private fun png(image: ImageBitmap): ByteArray =
        checkNotNull(Image.makeFromBitmap(image.asSkiaBitmap()).encodeToData(EncodedImageFormat.PNG)).bytes

    private fun named(name: String) = hasText(name) or hasContentDescription(name)

    private fun scrollTo(node: SemanticsNodeInteraction) {
        // What does not scroll is there already
        runCatching { node.performScrollTo() }
    }

    fun await(matcher: SemanticsMatcher): SemanticsNodeInteraction {
        try {
            test.waitUntil(timeoutMillis = 20_000) { test.onAllNodes(matcher).fetchSemanticsNodes().isNotEmpty() }
        } catch (failure: Throwable) {
            save("failed", language)
            throw AssertionError("nothing is ${matcher.description}; there is: ${shown()}", failure)
        }
        return test.onAllNodes(matcher)[0]
    }

    private fun shown(): String {
        val all = SemanticsMatcher("anything") { true }
        return test.onAllNodes(all).fetchSemanticsNodes().flatMap { node ->
            val texts = node.config.getOrElse(androidx.compose.ui.semantics.SemanticsProperties.Text) { emptyList() }
            texts.map { it.text } + node.config.getOrElse(androidx.compose.ui.semantics.SemanticsProperties.ContentDescription) { emptyList() }
        }.joinToString(" | ")
    }
}
