// What was begun and not finished: it goes on where it was, or is removed.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileSpreadsheet, Trash2 } from "lucide-react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { Button, IconButton, Note, say } from "~/ui";
import { useAuthor } from "../historial/words";
import { useMakes } from "./makes";
import { type Draft, draftsQuery } from "./queries";

export function Drafts() {
    const { t } = useLingui();
    const pages = useSuspenseInfiniteQuery(draftsQuery());
    const drafts = pages.data.pages.flatMap((page) => page.items as Draft[]).filter((draft) => draft.state !== "started");
    const removing = useMutation({
        mutationFn: (draft: Draft) => answer(api.DELETE("/v1/imports/drafts/{draft}", { params: { path: { draft: draft.id } } })),
        onSuccess: async (_, draft) => {
            await queries.invalidateQueries({ queryKey: ["imports", "drafts"] });
            say(t`Borrador «${draft.file.name}» quitado`);
        },
    });
    if (drafts.length === 0) return null;
    return (
        <section>
            <h2>
                <Trans>Sin terminar</Trans>
            </h2>
            {removing.isError && (
                <Note kind="refused" alert>
                    {refusalOf(removing.error).problem.detail}
                </Note>
            )}
            <ul className="card drafts" aria-label={t`Borradores`}>
                {drafts.map((draft) => (
                    <DraftLine key={draft.id} draft={draft} onRemove={() => removing.mutate(draft)} />
                ))}
            </ul>
            {pages.hasNextPage && (
                <Button small pending={pages.isFetchingNextPage} onPress={() => void pages.fetchNextPage()}>
                    <Trans>Ver más</Trans>
                </Button>
            )}
        </section>
    );
}

function DraftLine({ draft, onRemove }: { draft: Draft; onRemove: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const authorOf = useAuthor();
    const makes = useMakes();
    const rows = draft.rows === undefined ? undefined : plural(draft.rows, { one: "# fila", other: "# filas" });
    const state = draft.state === "uploading" ? t`a medio subir` : draft.state === "unreadable" ? t`no se puede leer` : rows;
    const questions = draft.questions?.length ?? 0;
    return (
        <li>
            <FileSpreadsheet size={16} aria-hidden />
            <div>
                <Link to="/integraciones/importar/$draft" params={{ draft: draft.id }} className="link" dir="auto">
                    {draft.file.name || t`Archivo sin nombre`}
                </Link>
                <small>
                    {[draft.received_file && t`llegó por intercambio`, makes.find((one) => one.id === draft.makes)?.many, state, questions > 0 && plural(questions, { one: "# pregunta por responder", other: "# preguntas por responder" }), authorOf(draft.author), format.moment(draft.updated_at), t`se guarda hasta el ${format.shortDate(draft.expires_at)}`].filter(Boolean).join(" · ")}
                </small>
            </div>
            <IconButton name={t`Quitar el borrador «${draft.file.name}»`} icon={Trash2} small onPress={onRemove} />
        </li>
    );
}
