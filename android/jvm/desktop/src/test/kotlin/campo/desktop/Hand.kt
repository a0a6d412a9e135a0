package campo.desktop

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

/** A worker's hand and eye: finds things by what they are called, as a person or a screen reader does. */
@OptIn(ExperimentalTestApi::class)
class Hand(private val test: ComposeUiTest, private val pictures: File?) {
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
    fun pin(digits: String) {
        for (digit in digits) tap("$digit")
        tap("Entrar")
    }

    fun draw(on: String) {
        await(hasContentDescription(on)).performTouchInput {
            down(Offset(width * 0.15f, height * 0.6f))
            for (step in 1..20) moveTo(Offset(width * (0.15f + 0.035f * step), height * (if (step % 2 == 0) 0.35f else 0.7f)))
            up()
        }
        test.waitForIdle()
    }

    fun picture(name: String) {
        val folder = pictures ?: return
        test.waitForIdle()
        folder.mkdirs()
        val roots = test.onAllNodes(isRoot())
        val last = roots.fetchSemanticsNodes().size - 1
        File(folder, "$name.png").writeBytes(png(roots[last].captureToImage()))
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
            picture("failed")
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
