// From what one chooses: the choices that are written at the question, or a look-up table.
import { useLingui } from "@lingui/react/macro";
import { Select } from "~/ui";
import { useTables } from "../tablas/useTables";
import { tableName } from "../tablas/words";

/** Stands for the choices at the question: no table is called so. */
const HERE = ":";

type Props = { name: string; table: string; onChange: (table: string) => void; disabled?: boolean; error?: string };

export function ChosenFrom({ name, table, onChange, disabled, error }: Props) {
    const { t } = useLingui();
    const codes = new Set(useTables().tables.map(({ code }) => code));
    if (table) codes.add(table);
    const options = [{ id: HERE, label: t`Las opciones de abajo` }, ...[...codes].map((code) => ({ id: code, label: t`La tabla «${tableName(code)}»` }))];
    return <Select label={t`De dónde se elige`} name={name} options={options} value={table || HERE} onChange={(id) => onChange(id === HERE ? "" : id)} disabled={disabled} error={error} />;
}
