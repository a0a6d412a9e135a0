// Several of many: what is chosen stands as chips, the next one is found by typing.
import { useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Combo, type Option } from "./fields";

const plain = (text: string) =>
    text
        .normalize("NFD")
        .replace(/\p{Diacritic}/gu, "")
        .toLowerCase();

export type PickManyProps = {
    label: string;
    name?: string;
    options: readonly Option[];
    values: readonly string[];
    onChange: (values: string[]) => void;
    help?: string;
    error?: string;
    optional?: boolean;
};

/** As many options as are drawn at once; typing finds the others. */
const SHOWN = 100;

export function PickMany({ label, name, options, values, onChange, help, error, optional }: PickManyProps) {
    const { t } = useLingui();
    const [text, setText] = useState("");
    // A new field for the next one: the list of the last one is closed, and the focus stays.
    const [picked, setPicked] = useState(0);
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (picked > 0) box.current?.querySelector("input")?.focus();
    }, [picked]);
    const byId = useMemo(() => new Map(options.map((option) => [option.id, option])), [options]);
    const open = useMemo(() => {
        const wanted = plain(text);
        return options.filter((option) => !values.includes(option.id) && plain(`${option.label} ${option.detail ?? ""}`).includes(wanted)).slice(0, SHOWN);
    }, [options, values, text]);
    return (
        <div className="pick-many" ref={box}>
            <Combo
                key={picked}
                opens="input"
                label={label}
                name={name}
                optional={optional}
                options={open}
                value={null}
                input={text}
                onInput={setText}
                onChange={(id) => {
                    if (id === null) return;
                    onChange([...values, id]);
                    setText("");
                    setPicked(picked + 1);
                }}
                help={help}
                error={error}
            />
            {values.length > 0 && (
                <ul className="picked" aria-label={label}>
                    {values.map((id) => {
                        const word = byId.get(id)?.label ?? id;
                        return (
                            <li key={id} className="chip">
                                <b title={byId.get(id)?.detail ? `${word} · ${byId.get(id)?.detail}` : word} dir="auto">
                                    {word}
                                </b>
                                <AriaButton aria-label={t`Quitar ${word}`} onPress={() => onChange(values.filter((each) => each !== id))}>
                                    <X size={14} aria-hidden />
                                </AriaButton>
                            </li>
                        );
                    })}
                </ul>
            )}
        </div>
    );
}
