/** The public names of `zerokara/report`: apart from the library, because they bring a plotting library along. */

export type {
  ColumnImportance,
  ReportClassification,
  ReportHistory,
  ReportImage,
  ReportImportance,
  ReportInput,
  ReportMistake,
  ReportRegression,
  ReportValue,
} from './report-input.js';
export { writeReport } from './write-report.js';
