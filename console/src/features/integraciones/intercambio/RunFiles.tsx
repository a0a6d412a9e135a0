// The files of a run that made several: documents, or a table with its photos.
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { save } from "~/app/save";
import { Button, ErrorSummary, IconButton } from "~/ui";
import { runFileContent, runFilesQuery } from "./queries";

export function RunFiles({ run }: { run: string }) {
    const { t } = useLingui();
    const format = useFormat();
    const files = useInfiniteQuery(runFilesQuery(run));
    const saving = useMutation({ mutationFn: async ({ id, name }: { id: string; name: string }) => save(await runFileContent(run, id), name) });
    const failed = files.error ?? saving.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    return (
        <>
            {problem && <ErrorSummary title={problem.title} detail={problem.detail} />}
            <ul className="deliveries" aria-label={t`Archivos de esta vez`}>
                {(files.data?.pages ?? []).flatMap(({ items }) => items).map((file) => (
                    <li key={file.id}>
                        <div className="row">
                            <span className="cut" title={file.name} dir="auto">
                                {file.name}
                            </span>
                            <small>{[format.bytes(file.size_bytes), file.taken_at && t`recogido ${format.moment(file.taken_at)}`, file.delivered_at && t`llevado ${format.moment(file.delivered_at)}`].filter(Boolean).join(" · ")}</small>
                            <span className="grow" />
                            <IconButton icon={Download} name={t`Descargar ${file.name}`} onPress={() => saving.mutate(file)} />
                        </div>
                    </li>
                ))}
            </ul>
            {files.hasNextPage && (
                <Button small pending={files.isFetchingNextPage} onPress={() => void files.fetchNextPage()}>
                    <Trans>Más archivos</Trans>
                </Button>
            )}
        </>
    );
}
