// One of our hundred fields: a button that says which, and a list with a search that is drawn only while it is open.
import { Trans, useLingui } from "@lingui/react/macro";
import { Ban, CalendarDays, Check, ChevronDown, CircleDot, Clock, Hash, Link2, type LucideIcon, Search, ToggleLeft, Type } from "lucide-react";
import { useState } from "react";
import { Autocomplete, Button as AriaButton, Dialog, DialogTrigger, Header, Input, Menu, MenuItem, MenuSection, Popover, SearchField, Text } from "react-aria-components";
import { folded } from "~/app/words";
import type { Field } from "./queries";

const ICONS: Record<string, LucideIcon> = { text: Type, number: Hash, date: CalendarDays, time: Clock, moment: CalendarDays, boolean: ToggleLeft, choice: CircleDot, reference: Link2 };
const NONE = "-";

export type FieldPickerProps = {
    label: string;
    fields: readonly Field[];
    value: string | null;
    onChange: (field: string | null) => void;
    /** Which column fills a field already. */
    taken?: ReadonlyMap<string, string>;
    /** What stands there when no field is chosen; without it one must be. */
    none?: string;
    error?: boolean;
};

/** `custom.COLOUR` is called by its name. */
export function fieldLabel(fields: readonly Field[], field: string): string {
    return fields.find((one) => one.field === field)?.label ?? field.replace(/^custom\./, "");
}

export function FieldPicker({ label, fields, value, onChange, taken, none, error }: FieldPickerProps) {
    const { t } = useLingui();
    const [open, setOpen] = useState(false);
    const [typed, setTyped] = useState("");
    const known = fields.find((one) => one.field === value);
    const Icon = value === null ? Ban : (ICONS[known?.kind ?? "text"] ?? Type);
    const word = value === null ? (none ?? t`Elegir…`) : fieldLabel(fields, value);
    const groups = [...new Set(fields.map((one) => one.group))];
    const matches = (text: string, wanted: string) =>
        folded(wanted)
            .split(/\s+/)
            .every((part) => folded(text).includes(part));
    const own = typed.trim();
    const choose = (id: string) => {
        setOpen(false);
        setTyped("");
        onChange(id === NONE ? null : id);
    };
    return (
        <DialogTrigger isOpen={open} onOpenChange={setOpen}>
            <AriaButton className={`inp field-picker${value === null ? " is-none" : ""}${error ? " is-error" : ""}`} aria-label={`${label}: ${word}`}>
                <Icon size={14} aria-hidden />
                <span className="cut">{word}</span>
                <ChevronDown size={14} aria-hidden />
            </AriaButton>
            <Popover className="popover field-popover" placement="bottom start" offset={4}>
                <Dialog aria-label={label} className="field-dialog">
                    <Autocomplete inputValue={typed} onInputChange={setTyped} filter={matches}>
                        <SearchField aria-label={t`Buscar un campo`} autoFocus className="fld fld-search">
                            <div className="inp">
                                <Search size={14} aria-hidden />
                                <Input placeholder={t`Buscar un campo…`} />
                            </div>
                        </SearchField>
                        <Menu className="options menu" aria-label={label} onAction={(key) => choose(String(key))} renderEmptyState={() => <p className="menu-title">{t`Ningún campo se llama así.`}</p>}>
                            {none && (
                                <MenuItem id={NONE} className="option" textValue={none}>
                                    <Ban size={14} aria-hidden />
                                    <span>{none}</span>
                                    {value === null && <Check size={14} aria-hidden />}
                                </MenuItem>
                            )}
                            {groups.map((group) => (
                                <MenuSection key={group} id={`group-${group}`}>
                                    <Header className="menu-title">{group}</Header>
                                    {fields
                                        .filter((one) => one.group === group)
                                        .map((one) => (
                                            <Item key={one.field} field={one} chosen={value === one.field} taken={value === one.field ? undefined : taken?.get(one.field)} />
                                        ))}
                                </MenuSection>
                            ))}
                        </Menu>
                    </Autocomplete>
                    {own && !fields.some((one) => folded(one.label) === folded(own)) && (
                        <AriaButton className="menu-item own-field" onPress={() => choose(`custom.${own}`)}>
                            <span>
                                <Trans>Guardar como campo propio «{own}»</Trans>
                            </span>
                        </AriaButton>
                    )}
                </Dialog>
            </Popover>
        </DialogTrigger>
    );
}

function Item({ field, taken, chosen }: { field: Field; taken?: string; chosen: boolean }) {
    const { t } = useLingui();
    const Icon = ICONS[field.kind] ?? Type;
    return (
        <MenuItem id={field.field} className={`option${chosen ? " is-chosen" : ""}`} textValue={`${field.label} ${field.field}`}>
            <Icon size={14} aria-hidden />
            <span>
                <Text slot="label">{field.label}</Text>
                {taken && (
                    <Text slot="description" elementType="small">
                        {t`ahora lo llena la columna ${taken}`}
                    </Text>
                )}
            </span>
            {chosen && <Check size={14} aria-hidden />}
        </MenuItem>
    );
}
