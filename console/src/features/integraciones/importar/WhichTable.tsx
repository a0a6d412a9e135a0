// Of which look-up table of forms the rows are, where no column says it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, TextField } from "~/ui";
import type { Draft } from "./queries";
import type { DraftChange } from "./useDraftChange";

/** `column`: the letter of the column that says it. */
export function WhichTable({ draft, change, column }: { draft: Draft; change: DraftChange; column?: string }) {
    const { t } = useLingui();
    const before = draft.constants.table ?? "";
    const [typed, setTyped] = useState(before);
    const table = typed.trim();
    if (column) return null;
    return (
        <form
            className="form which-table"
            onSubmit={(event) => {
                event.preventDefault();
                if (table && table !== before) change.mutate({ constants: { table } });
            }}
        >
            <TextField label={t`Tabla de la que son las filas`} value={typed} onChange={setTyped} required help={t`El código de la tabla, por ejemplo «ciudades». Si no existe, se crea; «catalogue» es el catálogo.`} spellCheck="false" />
            <div className="form-acts">
                <Button type="submit" small pending={change.isPending} reason={table === "" ? t`Escriba el código de la tabla.` : table === before ? t`Es la tabla que ya tiene.` : undefined}>
                    <Trans>Usar esta tabla</Trans>
                </Button>
            </div>
        </form>
    );
}
