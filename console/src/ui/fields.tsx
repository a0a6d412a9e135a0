// Fields with their label above and, when something is wrong, what is wrong and what would be right below.
import { Trans } from "@lingui/react/macro";
import { useLingui } from "@lingui/react/macro";
import { Check, ChevronDown, CircleX, Eye, EyeOff, Minus, Search, X } from "lucide-react";
import { type HTMLInputAutoCompleteAttribute, type ReactNode, type Ref, useEffect, useState } from "react";
import {
    Button as AriaButton,
    Checkbox as AriaCheckbox,
    ComboBox as AriaComboBox,
    FieldError,
    Input,
    Label,
    ListBox,
    ListBoxItem,
    Popover,
    Radio as AriaRadio,
    RadioGroup as AriaRadioGroup,
    SearchField as AriaSearchField,
    Select as AriaSelect,
    SelectValue,
    Text,
    TextArea as AriaTextArea,
    TextField as AriaTextField,
} from "react-aria-components";

type FieldProps = {
    label: string;
    /** The name of the field as refusals of the server say it. */
    name?: string;
    help?: ReactNode;
    error?: string;
    required?: boolean;
    optional?: boolean;
    disabled?: boolean;
};

function Lines({ help, error }: { help?: ReactNode; error?: string }) {
    return (
        <>
            {help && !error && (
                <Text slot="description" className="help">
                    {help}
                </Text>
            )}
            {error && (
                <FieldError className="err" elementType="span">
                    <CircleX size={14} aria-hidden />
                    <span>{error}</span>
                </FieldError>
            )}
        </>
    );
}

function LabelText({ label, optional }: { label: string; optional?: boolean }) {
    return (
        <Label className="lbl">
            {label}
            {optional && (
                <span className="optional">
                    {" "}
                    · <Trans>opcional</Trans>
                </span>
            )}
        </Label>
    );
}

export type TextFieldProps = FieldProps & {
    value: string;
    onChange: (value: string) => void;
    onBlur?: () => void;
    type?: "text" | "email" | "tel" | "url" | "password" | "date" | "time" | "datetime-local";
    inputMode?: "text" | "numeric" | "decimal";
    autoComplete?: HTMLInputAutoCompleteAttribute;
    autoFocus?: boolean;
    placeholder?: string;
    maxLength?: number;
    icon?: ReactNode;
    after?: ReactNode;
    inputRef?: Ref<HTMLInputElement>;
    spellCheck?: "true" | "false";
};

export function TextField(props: TextFieldProps) {
    const { label, help, error, optional, required, disabled, icon, after, placeholder, inputRef, ...field } = props;
    return (
        <AriaTextField {...field} className="fld" isInvalid={!!error} isRequired={required} isDisabled={disabled} validationBehavior="aria">
            <LabelText label={label} optional={optional} />
            <div className="inp">
                {icon}
                <Input ref={inputRef} placeholder={placeholder} dir="auto" />
                {after}
            </div>
            <Lines help={help} error={error} />
        </AriaTextField>
    );
}

export function TextArea(props: Omit<TextFieldProps, "type" | "icon" | "after" | "inputRef"> & { rows?: number }) {
    const { label, help, error, optional, required, disabled, placeholder, rows, ...field } = props;
    return (
        <AriaTextField {...field} className="fld" isInvalid={!!error} isRequired={required} isDisabled={disabled} validationBehavior="aria">
            <LabelText label={label} optional={optional} />
            <div className="inp">
                <AriaTextArea placeholder={placeholder} rows={rows ?? 3} dir="auto" />
            </div>
            <Lines help={help} error={error} />
        </AriaTextField>
    );
}

/** A password, which can be looked at while it is typed. */
export function PasswordField(props: Omit<TextFieldProps, "type" | "after">) {
    const { t } = useLingui();
    const [shown, setShown] = useState(false);
    return (
        <TextField
            {...props}
            type={shown ? "text" : "password"}
            spellCheck="false"
            after={
                <AriaButton className="btn btn-quiet btn-s" onPress={() => setShown(!shown)} aria-label={shown ? t`Ocultar la contraseña` : t`Mostrar la contraseña`}>
                    {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
                    {shown ? <Trans>Ocultar</Trans> : <Trans>Mostrar</Trans>}
                </AriaButton>
            }
        />
    );
}

export function SearchField(props: { label: string; value: string; onChange: (value: string) => void; placeholder?: string; autoFocus?: boolean }) {
    const { t } = useLingui();
    const { label, placeholder, ...field } = props;
    return (
        <AriaSearchField {...field} aria-label={label} className="fld fld-search">
            <div className="inp">
                <Search size={14} aria-hidden />
                <Input placeholder={placeholder ?? label} dir="auto" />
                {props.value && (
                    <AriaButton className="btn btn-quiet btn-icon btn-s" aria-label={t`Borrar la búsqueda`}>
                        <X size={14} aria-hidden />
                    </AriaButton>
                )}
            </div>
        </AriaSearchField>
    );
}

/** A search that the server answers: typing waits a moment before it counts, as in the address of the page. */
export function Finder({ text, onText, ...field }: { label: string; placeholder?: string; text: string; onText: (text: string) => void }) {
    const [typed, setTyped] = useState(text);
    useEffect(() => setTyped(text), [text]);
    useEffect(() => {
        if (typed === text) return;
        const timer = setTimeout(() => onText(typed), 250);
        return () => clearTimeout(timer);
    }, [typed, text, onText]);
    return <SearchField {...field} value={typed} onChange={setTyped} />;
}

export type Option = { id: string; label: string; detail?: string };

/** One of a few. For many, or for what is searched, `Combo`. */
export function Select(props: FieldProps & { options: Option[]; value: string | null; onChange: (id: string) => void; placeholder?: string; hideLabel?: boolean }) {
    const { t } = useLingui();
    const { label, help, error, optional, options, value, onChange, placeholder, required, disabled, hideLabel } = props;
    return (
        <AriaSelect
            className="fld"
            name={props.name}
            aria-label={hideLabel ? label : undefined}
            selectedKey={value}
            onSelectionChange={(key) => key !== null && onChange(String(key))}
            isInvalid={!!error}
            isRequired={required}
            isDisabled={disabled}
            placeholder={placeholder ?? t`Elegir…`}
            validationBehavior="aria"
        >
            {!hideLabel && <LabelText label={label} optional={optional} />}
            <AriaButton className="inp">
                <SelectValue className="cut">{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
                <ChevronDown size={14} aria-hidden />
            </AriaButton>
            <Lines help={help} error={error} />
            <Popover className="popover" offset={4}>
                <Options options={options} />
            </Popover>
        </AriaSelect>
    );
}

function Options({ options, empty }: { options?: Option[]; empty?: ReactNode }) {
    return (
        <ListBox className="options" items={options} renderEmptyState={() => empty ?? null}>
            {(option: Option) => (
                <ListBoxItem id={option.id} className="option" textValue={option.label}>
                    <span>
                        {option.label}
                        {option.detail && <small>{option.detail}</small>}
                    </span>
                    <SelectedMark />
                </ListBoxItem>
            )}
        </ListBox>
    );
}

function SelectedMark() {
    return <Check size={14} aria-hidden className="selected-mark" />;
}

/** One of many, found by typing. */
export function Combo(props: FieldProps & { options: Option[]; value: string | null; onChange: (id: string | null) => void; placeholder?: string; input?: string; onInput?: (text: string) => void; autoFocus?: boolean; pending?: boolean; opens?: "focus" | "input" }) {
    const { t } = useLingui();
    const { label, help, error, optional, options, value, onChange, placeholder, required, disabled, input, onInput } = props;
    return (
        <AriaComboBox
            className="fld"
            name={props.name}
            selectedKey={value}
            onSelectionChange={(key) => onChange(key === null ? null : String(key))}
            inputValue={input}
            onInputChange={onInput}
            {...(input === undefined ? { defaultItems: options } : { items: options })}
            isInvalid={!!error}
            isRequired={required}
            isDisabled={disabled}
            autoFocus={props.autoFocus}
            menuTrigger={props.opens ?? "focus"}
            allowsEmptyCollection
            validationBehavior="aria"
        >
            <LabelText label={label} optional={optional} />
            <div className="inp">
                <Input placeholder={placeholder ?? t`Escribir para buscar…`} dir="auto" />
                <AriaButton className="btn btn-quiet btn-icon btn-s">
                    <ChevronDown size={14} aria-hidden />
                </AriaButton>
            </div>
            <Lines help={help} error={error} />
            <Popover className="popover" offset={4}>
                <Options empty={<p className="menu-title">{props.pending ? <Trans>Buscando…</Trans> : <Trans>Nada se llama así.</Trans>}</p>} />
            </Popover>
        </AriaComboBox>
    );
}

export function Checkbox({ children, help, ...props }: { children: ReactNode; help?: ReactNode; selected: boolean; onChange: (selected: boolean) => void; disabled?: boolean; indeterminate?: boolean; name?: string }) {
    return (
        <AriaCheckbox className="check" name={props.name} isSelected={props.selected} isIndeterminate={props.indeterminate} onChange={props.onChange} isDisabled={props.disabled}>
            <span className="box" aria-hidden>
                {props.indeterminate ? <Minus size={12} strokeWidth={3} /> : <Check size={12} strokeWidth={3} />}
            </span>
            <span>
                {children}
                {help && <span className="help">{help}</span>}
            </span>
        </AriaCheckbox>
    );
}

export function RadioGroup({ label, options, value, onChange, error, help, hideLabel, name }: FieldProps & { options: Option[]; value: string | null; onChange: (id: string) => void; hideLabel?: boolean }) {
    return (
        <AriaRadioGroup className="fld" name={name} value={value} onChange={onChange} isInvalid={!!error} aria-label={hideLabel ? label : undefined} validationBehavior="aria">
            {!hideLabel && <Label className="lbl">{label}</Label>}
            {options.map((option) => (
                <AriaRadio key={option.id} value={option.id} className="check radio">
                    <span className="box" aria-hidden />
                    <span>
                        {option.label}
                        {option.detail && <span className="help">{option.detail}</span>}
                    </span>
                </AriaRadio>
            ))}
            <Lines help={help} error={error} />
        </AriaRadioGroup>
    );
}
