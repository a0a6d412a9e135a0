// An import taken back: first what would become of what it made, then one button.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { answer, api, type Schemas } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { Button, Dialog, Note, say } from "~/ui";
import type { Run } from "./queries";

type Undone = Schemas["Undone"];

export function Undo({ run }: { run: Run }) {
    const { t } = useLingui();
    const format = useFormat();
    const act = run.act ?? "";
    const undo = async (dry_run: boolean) => answer<Undone>(api.POST("/v1/acts/{act}/undo", { params: { path: { act }, query: { dry_run } } }));
    const trying = useMutation({ mutationFn: () => undo(true) });
    const undoing = useMutation({
        mutationFn: () => undo(false),
        onSuccess: async (undone) => {
            trying.reset();
            if (undone.state === "done") say(t`Importación deshecha`);
            await queries.invalidateQueries({ queryKey: ["imports"] });
        },
    });
    if (run.undone_at) {
        return (
            <Note>
                {t`Se deshizo el ${format.moment(run.undone_at)}.`} <Trans>El mismo archivo se puede volver a importar.</Trans>
            </Note>
        );
    }
    if (run.undoing) {
        return (
            <Note kind="wait">
                <Trans>Se está deshaciendo; puede seguir en otras páginas.</Trans>
            </Note>
        );
    }
    if (!run.act || !run.undo_until || Date.parse(run.undo_until) <= Date.now()) return null;
    const found = trying.data;
    const failed = trying.error ?? undoing.error;
    return (
        <div className="row row-wrap">
            <Button icon={Undo2} pending={trying.isPending} onPress={() => trying.mutate()}>
                <Trans>Deshacer la importación…</Trans>
            </Button>
            <small>{t`Se puede hasta el ${format.date(run.undo_until)}.`}</small>
            {failed && !found && (
                <Note kind="refused" alert>
                    {refusalOf(failed).problem.detail}
                </Note>
            )}
            {found && (
                <Dialog
                    title={t`¿Deshacer la importación?`}
                    open
                    alert
                    onClose={() => trying.reset()}
                    foot={
                        <>
                            <Button onPress={() => trying.reset()}>
                                <Trans>Dejar como está</Trans>
                            </Button>
                            <Button look="primary" pending={undoing.isPending} reason={found.undone === 0 ? t`No hay nada que se pueda deshacer.` : undefined} onPress={() => undoing.mutate()}>
                                <Trans>Deshacer</Trans>
                            </Button>
                        </>
                    }
                >
                    <Found undone={found} />
                    {failed && (
                        <Note kind="refused" alert>
                            {refusalOf(failed).problem.detail}
                        </Note>
                    )}
                </Dialog>
            )}
        </div>
    );
}

/** What would become of everything, and why some of it stays. */
function Found({ undone }: { undone: Undone }) {
    const { t } = useLingui();
    const words: Record<string, string> = {
        changed_since: t`cambiaron después`,
        went_on: t`ya se trabajó en ellas`,
        in_use: t`otras cosas las usan`,
        gone: t`ya no existen, o ya no se sabe cómo eran`,
    };
    const reasons = new Map<string, number>();
    for (const one of undone.kept) reasons.set(one.reason, (reasons.get(one.reason) ?? 0) + 1);
    return (
        <ul className="undo-found">
            {undone.withdrawn > 0 && <li>{plural(undone.withdrawn, { one: "# tarea nueva se retira.", other: "# tareas nuevas se retiran." })}</li>}
            {undone.removed > 0 && <li>{plural(undone.removed, { one: "# cosa nueva queda fuera de uso.", other: "# cosas nuevas quedan fuera de uso." })}</li>}
            {undone.went_back > 0 && <li>{plural(undone.went_back, { one: "# vuelve a ser como antes.", other: "# vuelven a ser como antes." })}</li>}
            {undone.stays > 0 && (
                <li>
                    {plural(undone.stays, { one: "# se queda como está:", other: "# se quedan como están:" })} {[...reasons].map(([reason, count]) => `${count} ${words[reason] ?? reason}`).join(", ")}
                </li>
            )}
        </ul>
    );
}
