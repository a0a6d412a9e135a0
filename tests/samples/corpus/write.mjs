// Writes the files of exceljs and SheetJS from the traps as JSON: node write.mjs TRAPS FOLDER

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const [traps, folder, packages] = process.argv.slice(2);
const require = createRequire(`${packages}/package.json`);
const ExcelJS = require("exceljs");
const XLSX = require("xlsx");
const rows = JSON.parse(readFileSync(traps, "utf8"));
const HEADINGS = ["Trampa", "Valor"];

// Days from 1899-12-30, as spreadsheets count
const serial = (value) => {
    const text = value.moment ?? value.date ?? `1899-12-30T${value.time}`;
    return (Date.parse(text.includes("T") ? `${text}Z` : `${text}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000;
};
const isTime = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

async function excel() {
    mkdirSync(`${folder}/exceljs`, { recursive: true });
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet("Trampas");
    sheet.getRow(1).values = HEADINGS;
    for (const { row, name, how, value, format } of rows) {
        sheet.getCell(row, 1).value = name;
        const cell = sheet.getCell(row, 2);
        if (how === "formula") {
            const result = value[1] === "#N/A" ? { error: "#N/A" } : value[1];
            cell.value = { formula: value[0].slice(1), result };
        } else if (isTime(value)) {
            cell.value = new Date(Math.round((serial(value) - 25_569) * 86_400_000));
        } else {
            cell.value = value;
        }
        if (format !== null) cell.numFmt = format;
        if (name === "oculta") sheet.getRow(row).hidden = true;
        if (name === "combinada") sheet.mergeCells(row, 2, row, 3);
    }
    await book.xlsx.writeFile(`${folder}/exceljs/trampas.xlsx`);
    await book.csv.writeFile(`${folder}/exceljs/trampas.csv`, { dateFormat: "DD/MM/YYYY HH:mm", dateUTC: true });
}

function sheetjs() {
    mkdirSync(`${folder}/sheetjs`, { recursive: true });
    const sheet = XLSX.utils.aoa_to_sheet([HEADINGS]);
    const last = rows[rows.length - 1].row;
    sheet["!ref"] = `A1:C${last}`;
    sheet["!rows"] = [];
    sheet["!merges"] = [];
    for (const { row, name, how, value, format } of rows) {
        sheet[`A${row}`] = { t: "s", v: name };
        let cell;
        if (how === "formula") {
            const result = value[1] === "#N/A" ? { t: "e", v: 42 } : { t: typeof value[1] === "number" ? "n" : "s", v: value[1] };
            cell = { ...result, f: value[0].slice(1) };
        } else if (isTime(value)) {
            cell = { t: "n", v: serial(value) };
        } else {
            cell = { t: { string: "s", number: "n", boolean: "b" }[typeof value], v: value };
        }
        if (format !== null) cell.z = format;
        sheet[`B${row}`] = cell;
        if (name === "oculta") sheet["!rows"][row - 1] = { hidden: true };
        if (name === "combinada") sheet["!merges"].push({ s: { r: row - 1, c: 1 }, e: { r: row - 1, c: 2 } });
    }
    const book = { SheetNames: ["Trampas"], Sheets: { Trampas: sheet } };
    for (const [name, bookType] of [
        ["trampas.xlsx", "xlsx"], ["trampas.xls", "biff8"], ["viejo.xls", "biff5"], ["trampas.xlsb", "xlsb"],
        ["trampas.ods", "ods"], ["trampas.csv", "csv"], ["trampas.html", "html"], ["trampas.xml", "xlml"], ["unicode.txt", "txt"],
    ]) {
        writeFileSync(`${folder}/sheetjs/${name}`, XLSX.write(book, { type: "buffer", bookType, bookSST: bookType === "xlsx" }));
    }
}

await excel();
sheetjs();
