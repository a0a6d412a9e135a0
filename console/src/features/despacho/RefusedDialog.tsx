// What could not be done, each with its reason: the rest was.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Dialog } from "~/ui";
import type { Refused } from "./acts";
import { titleOf } from "./words";

export function RefusedDialog({ refused, onClose }: { refused: Refused[]; onClose: () => void }) {
    const { t } = useLingui();
    return (
        <Dialog title={plural(refused.length, { one: "# tarea quedó como estaba", other: "# tareas quedaron como estaban" })} open onClose={onClose} alert foot={<Button onPress={onClose}>{t`Entendido`}</Button>}>
            <ul className="refused-list">
                {refused.slice(0, 50).map(({ task, why }) => (
                    <li key={task.id}>
                        <b dir="auto">
                            {task.task_number} · {titleOf(task)}
                        </b>
                        <p>{why}</p>
                    </li>
                ))}
            </ul>
            {refused.length > 50 && (
                <p className="dim">
                    <Trans>y {refused.length - 50} más</Trans>
                </p>
            )}
        </Dialog>
    );
}
