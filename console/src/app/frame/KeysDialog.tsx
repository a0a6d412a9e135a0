// The map of keys: what can be pressed here and now.
import { useLingui } from "@lingui/react/macro";
import { Dialog } from "~/ui";
import { type Action, useAllActions } from "../actions";

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
    const { t } = useLingui();
    const actions = useAllActions();
    if (!open) return null;
    const groups = new Map<string, { keys: string; label: string; reason?: string }[]>();
    const add = (group: string, keys: string, action: Pick<Action, "label" | "reason">) => groups.set(group, [...(groups.get(group) ?? []), { keys, ...action }]);
    for (const action of actions) if (action.key) add(action.group ?? t`En esta página`, action.key, action);
    add(t`En todas partes`, "Ctrl K", { label: t`Buscar o hacer` });
    for (const [keys, label] of [
        ["↑ ↓", t`Otra fila`],
        ["Enter", t`Abrir la fila`],
        [t`Espacio`, t`Elegir la fila`],
        ["Shift ↑ ↓", t`Elegir varias`],
        ["Ctrl A", t`Elegir todas`],
        ["Ctrl C", t`Copiar para una hoja de cálculo`],
        ["Esc", t`Cerrar`],
    ] as const)
        add(t`En una tabla`, keys, { label });
    return (
        <Dialog title={t`Teclas`} open onClose={onClose}>
            {[...groups].map(([group, keys]) => (
                <section key={group} className="keys">
                    <h3>{group}</h3>
                    <dl>
                        {keys.map((each) => (
                            <div key={each.keys + each.label}>
                                <dt>
                                    {each.keys.split(" ").map((key) => (
                                        <kbd key={key}>{key}</kbd>
                                    ))}
                                </dt>
                                <dd>
                                    {each.label}
                                    {each.reason && <small> · {each.reason}</small>}
                                </dd>
                            </div>
                        ))}
                    </dl>
                </section>
            ))}
        </Dialog>
    );
}
