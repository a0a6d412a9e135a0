package campo.desktop

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.text.TextLayoutResult

/** Looks at all that is on a screen, seen or scrolled away: what is touched has a name and its size, no text is cut. */
@OptIn(ExperimentalTestApi::class)
class Inspection(private val test: ComposeUiTest, private val scale: Float) {
    fun complaints(): List<String> {
        val touched = nodes(merged = true).filter(::isTouched).flatMap { node -> namelessOrSmall(node) }
        return touched + nodes(merged = false).mapNotNull(::cut)
    }

    private fun nodes(merged: Boolean): List<SemanticsNode> {
        val all = SemanticsMatcher("anything") { true }
        return test.onAllNodes(all, useUnmergedTree = !merged).fetchSemanticsNodes()
    }

    private fun isTouched(node: SemanticsNode) =
        SemanticsActions.OnClick in node.config || SemanticsActions.SetText in node.config

    private fun namelessOrSmall(node: SemanticsNode): List<String> {
        val name = name(node)
        val width = node.size.width / DENSITY
        val height = node.size.height / DENSITY
        return buildList {
            if (name.isEmpty()) add("nothing says what ${node.boundsInRoot} is for")
            if (height < HIGH || width < WIDE) add("«$name» is $width × $height dp")
        }
    }

    private fun name(node: SemanticsNode): String {
        val said = node.config.getOrElse(SemanticsProperties.ContentDescription) { emptyList() }
        // What a field holds is not what it is called
        if (SemanticsActions.SetText in node.config) return said.joinToString(" ").trim()
        return (said + node.config.getOrElse(SemanticsProperties.Text) { emptyList() }.map { it.text }).joinToString(" ").trim()
    }

    private fun cut(node: SemanticsNode): String? {
        val ask = node.config.getOrElseNullable(SemanticsActions.GetTextLayoutResult) { null }?.action ?: return null
        val laid = mutableListOf<TextLayoutResult>()
        if (!ask(laid)) return null
        val text = laid.firstOrNull()?.takeIf(::isCut) ?: return null
        return "«${text.layoutInput.text}» is cut or broken at a text of ${(scale * 100).toInt()} %"
    }

    /** Sizes are whole pixels and lines are not: what is less than one over is no cut. */
    private fun isCut(text: TextLayoutResult): Boolean {
        val wide = (0 until text.lineCount).any { line ->
            text.getLineRight(line) - text.getLineLeft(line) > text.size.width + 1 || text.isLineEllipsized(line)
        }
        return wide || isBroken(text) || text.multiParagraph.didExceedMaxLines || text.multiParagraph.height > text.size.height + 1
    }

    /** True where a line ends within a word that a phone has room for. */
    private fun isBroken(text: TextLayoutResult): Boolean {
        val words = text.layoutInput.text.text
        return (0 until text.lineCount - 1).any { line ->
            val end = text.getLineEnd(line)
            val inside = end in 1 until words.length && words[end - 1].isLetterOrDigit() && words[end].isLetterOrDigit()
            val begins = words.substring(0, end).takeLastWhile { !it.isWhitespace() }.length
            val goesOn = words.substring(end).takeWhile { !it.isWhitespace() }.length
            inside && begins + goesOn <= LONGEST
        }
    }

    private companion object {
        /** Of the test's screen: pixels for one dp. */
        const val DENSITY = 2f

        /** A word that is longer, such as an address, may go on in the next line. */
        const val LONGEST = 14

        /** The least height of what is touched. */
        const val HIGH = 56f

        /** Seven days side by side are as wide as a phone lets them be. */
        const val WIDE = 46f
    }
}
