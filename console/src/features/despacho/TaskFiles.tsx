// The files that the office attached to a task, and a way to attach another.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, Paperclip, Trash2 } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, EmptyState, IconButton, Note, say } from "~/ui";
import { filesQuery, type Task } from "./queries";
import { saveFile } from "./useBytes";

export function TaskFiles({ task }: { task: Task }) {
    const { t } = useLingui();
    const format = useFormat();
    const mayManage = useMay("manage_tasks");
    const mayRead = useMay("view_entries");
    const files = useQuery(filesQuery(task.id));
    const again = () => queries.invalidateQueries({ queryKey: ["tasks", "files", task.id] });
    const attach = useMutation({
        mutationFn: async (file: File) => {
            const stored = await answer(api.POST("/v1/files", { body: file as never, bodySerializer: (body) => body as unknown as BodyInit, headers: { "Content-Type": file.type || "application/octet-stream" } }));
            await answer(api.POST("/v1/tasks/{reference}/files", { params: { path: { reference: task.id } }, body: { hash: stored.hash, name: file.name } as never }));
        },
        onSuccess: again,
    });
    const detach = useMutation({
        mutationFn: (id: string) => answer(api.DELETE("/v1/tasks/{reference}/files/{id}", { params: { path: { reference: task.id, id } } })),
        onSuccess: () => {
            say(t`Archivo quitado de la tarea`);
            return again();
        },
    });
    const failed = attach.error ?? detach.error;
    return (
        <div className="stack">
            {failed && <Note kind="refused" alert>{refusalOf(failed).problem.detail}</Note>}
            {files.data?.length === 0 && <EmptyState icon={Paperclip} title={t`Sin archivos`}><Trans>Planos, órdenes o fotos que el técnico debe ver.</Trans></EmptyState>}
            <ul className="files">
                {files.data?.map((file) => (
                    <li key={file.id}>
                        <Paperclip size={14} aria-hidden />
                        <span className="cut" title={file.name} dir="auto">
                            {file.name}
                        </span>
                        <small>{format.bytes(file.size_bytes)}</small>
                        {mayRead && <IconButton name={t`Descargar ${file.name}`} icon={Download} small onPress={() => void saveFile(file.hash, file.name)} />}
                        {mayManage && <IconButton name={t`Quitar ${file.name}`} icon={Trash2} small onPress={() => detach.mutate(file.id)} />}
                    </li>
                ))}
            </ul>
            {mayManage && (
                <FileTrigger onSelect={(chosen) => chosen?.[0] && attach.mutate(chosen[0])}>
                    <Button small icon={Paperclip} pending={attach.isPending}>
                        <Trans>Adjuntar archivo…</Trans>
                    </Button>
                </FileTrigger>
            )}
        </div>
    );
}
